import * as Dropdown from "@radix-ui/react-dropdown-menu";
import { type ReactElement, type ReactNode, useContext, useRef } from "react";
import { classes } from "./classes";
import { EmbedContext } from "./embed";
import { Icon } from "./Icon";

export interface MenuItem {
  label: ReactNode;
  onSelect: () => void;
  danger?: boolean;
  disabled?: boolean;
}

interface MenuProps {
  /** What screen readers call the button of three dots. */
  label: string;
  items: readonly (MenuItem | false | undefined)[];
  /** Another button than that of three dots. */
  trigger?: ReactElement;
}

/** A button that opens a list of things to do; nothing at all when there are none. */
export function Menu({ label, items, trigger }: MenuProps) {
  const embed = useContext(EmbedContext);
  const button = useRef<HTMLButtonElement>(null);
  const shown = items.filter((item) => item !== false && item !== undefined);
  if (!shown.length) return null;
  return (
    <Dropdown.Root modal={false}>
      <Dropdown.Trigger asChild ref={button}>
        {trigger ?? (
          <button
            type="button"
            aria-label={label}
            className="inline-flex size-9 cursor-pointer items-center justify-center rounded-lg text-quiet hover:bg-raised hover:text-text"
          >
            <Icon name="more" />
          </button>
        )}
      </Dropdown.Trigger>
      <Dropdown.Portal container={embed?.container}>
        <Dropdown.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
          className="z-20 max-h-80 min-w-44 overflow-y-auto rounded-lg border border-line bg-card p-1 text-text shadow-float"
        >
          {shown.map(({ label, onSelect, danger, disabled }, index) => (
            <Dropdown.Item
              key={index}
              disabled={disabled}
              onSelect={() => {
                // A dialog that this opens gives the focus back to where it is now, and the item will be gone.
                button.current?.focus();
                onSelect();
              }}
              className={classes(
                "cursor-pointer rounded-md px-3 py-2 outline-none select-none data-disabled:cursor-default data-disabled:opacity-55 data-highlighted:bg-raised",
                danger && "text-bad",
              )}
            >
              {label}
            </Dropdown.Item>
          ))}
        </Dropdown.Content>
      </Dropdown.Portal>
    </Dropdown.Root>
  );
}
