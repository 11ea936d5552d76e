import type { OwnFile } from './file-value.ts'

const signatures: readonly (readonly [type: string, pattern: RegExp])[] = [
  ['image/png', /^\x89PNG\r\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8[79]a/],
  ['image/webp', /^RIFF[^]{4}WEBP/],
  ['image/bmp', /^BM[^]{4}\0\0\0\0/],
  ['image/tiff', /^(?:II\*\0|MM\0\*)/],
  ['image/avif', /^[^]{4}ftypavi[fs]/],
  ['image/heic', /^[^]{4}ftyp(?:hei[cx]|hev[cx])/],
]

// Enough for every signature.
const headBytes = 16

/** The content type of an image by its first bytes; undefined for what is no image. */
export async function imageTypeOf(file: OwnFile): Promise<string | undefined> {
  const head = (await file.head(headBytes)).toString('latin1')
  return signatures.find(([, pattern]) => pattern.test(head))?.[0]
}
