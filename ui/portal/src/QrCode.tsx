import qrcode from "qrcode-generator";
import { useMemo } from "react";

/** A QR code, drawn here; always dark on light, which cameras want. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { path, size } = useMemo(() => {
    const code = qrcode(0, "M");
    code.addData(text);
    code.make();
    const size = code.getModuleCount();
    const cells = Array.from({ length: size * size }, (_, index) => [Math.floor(index / size), index % size] as const);
    const path = cells
      .filter(([row, column]) => code.isDark(row, column))
      .map(([row, column]) => `M${column + 4} ${row + 4}h1v1h-1z`)
      .join("");
    return { path, size: size + 8 };
  }, [text]);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="w-48 rounded-lg border border-line"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
