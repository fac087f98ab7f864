import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// `npm run dev` speaks with a server at this address and passes the host on, by which the server knows the project.
const server = process.env["LOCKWORK_SERVER"] ?? "http://127.0.0.1:7777";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    assetsDir: "assets/console",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // These know light-dark(): it stays as it is, so that a scheme can be chosen outside of this style.
    cssTarget: ["chrome123", "firefox128", "safari17.5"],
  },
  server: {
    host: "127.0.0.1",
    allowedHosts: [".localhost"],
    proxy: { "/api/": { target: server, changeOrigin: false }, "/v1/": { target: server, changeOrigin: false } },
  },
});
