import { type BackendSchema, buttonLook, classes, Logo } from "@lockwork/kit";
import type { CSSProperties } from "react";

type Shades = BackendSchema["Shades"];

interface PreviewProps {
  scheme: "light" | "dark";
  name: string;
  shades: Shades | undefined;
  logo: string;
  /** Whether the logo was made for a dark ground. */
  ownDarkModeLogo?: boolean;
  besideLogin: boolean;
}

/** What the sign-in page will look like: a picture, of which nothing can be used. */
export function Preview({ scheme, name, shades, logo, ownDarkModeLogo, besideLogin }: PreviewProps) {
  return (
    <figure className="grid gap-1.5">
      <figcaption className="text-sm text-quiet">{scheme === "light" ? "Light" : "Dark"}</figcaption>
      <div
        role="img"
        aria-label={`The sign-in page on a ${scheme} ground`}
        data-testid={`preview-${scheme}`}
        className={classes(
          "flex overflow-hidden rounded-xl border border-line bg-ground text-text",
          scheme === "light" ? "scheme-light" : "scheme-dark",
        )}
        style={shades && tokens(shades)}
      >
        {besideLogin && <div className="w-1/3 bg-linear-to-br from-brand to-brand-hover" />}
        <div className="grid grow place-items-center p-5">
          <div className="grid w-full max-w-60 gap-3 rounded-xl border border-line bg-card p-4 text-sm">
            {logo ? (
              <Logo name="" url={logo} darkModeUrl={ownDarkModeLogo ? logo : undefined} className="h-7" />
            ) : (
              <span className="truncate text-quiet">{name}</span>
            )}
            <span className="text-base font-semibold">Sign in</span>
            <span className="rounded-lg border border-edge px-3 py-1.5 text-quiet">you@example.com</span>
            <span className={buttonLook("main", true, true)}>Continue</span>
            <span className="text-center font-medium text-accent">Use a password</span>
          </div>
        </div>
      </div>
    </figure>
  );
}

function tokens(shades: Shades): CSSProperties {
  const names = Object.entries(shades).map(([name, color]) => [
    `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    color,
  ]);
  return Object.fromEntries(names);
}
