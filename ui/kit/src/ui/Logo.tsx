import { classes } from "./classes";

interface LogoProps {
  /** Whose it is, for those who do not see it. */
  name: string;
  url: string;
  /** Instead of it on a dark ground; without one, it has a light ground under it there. */
  darkModeUrl?: string | null | undefined;
  /** Its height: nothing moves when the picture comes. */
  className: string;
}

/** A project's logo. */
export function Logo({ name, url, darkModeUrl, className }: LogoProps) {
  return (
    <picture className="contents">
      {darkModeUrl && <source media="(prefers-color-scheme: dark)" srcSet={darkModeUrl} />}
      <img
        src={url}
        alt={name}
        className={classes(
          "max-w-full justify-self-start object-contain object-left",
          !darkModeUrl && "rounded-xs bg-logo shadow-[0_0_0_0.375rem_var(--logo)]",
          className,
        )}
      />
    </picture>
  );
}
