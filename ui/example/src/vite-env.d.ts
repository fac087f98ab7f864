interface ImportMetaEnv {
  readonly VITE_LOCKWORK_PUBLISHABLE_KEY?: string;
  readonly VITE_LOCKWORK_CONFIG_API?: string;
}
