/** As large as the server takes pictures, in bytes. */
const MOST = 64 * 1024;

/** What the server takes. */
export const PICTURES = "image/png,image/jpeg,image/webp,image/svg+xml";

/** A chosen file as a `data:` URL; one that is too large is drawn smaller, so that it fits into this many pixels. */
export async function readPicture(file: File, width: number, height: number): Promise<string> {
  if (!PICTURES.split(",").includes(file.type)) throw new Error("Choose a PNG, JPEG, WebP or SVG picture.");
  if (file.size <= MOST) return dataUrl(file);
  if (file.type === "image/svg+xml") throw new Error("Choose an SVG picture of at most 64 KiB.");
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error("This picture cannot be read. Choose another one.");
  });
  const scale = Math.min(1, width / bitmap.width, height / bitmap.height);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/png");
}

function dataUrl(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
