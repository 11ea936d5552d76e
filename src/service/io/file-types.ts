import { extname } from 'node:path'

/** What a file is when nobody says. */
export const anyType = 'application/octet-stream'

const types: ReadonlyMap<string, string> = new Map([
  ['.avif', 'image/avif'],
  ['.bmp', 'image/bmp'],
  ['.csv', 'text/csv'],
  ['.flac', 'audio/flac'],
  ['.gif', 'image/gif'],
  ['.gz', 'application/gzip'],
  ['.htm', 'text/html'],
  ['.html', 'text/html'],
  ['.jpeg', 'image/jpeg'],
  ['.jpg', 'image/jpeg'],
  ['.json', 'application/json'],
  ['.md', 'text/markdown'],
  ['.mp3', 'audio/mpeg'],
  ['.mp4', 'video/mp4'],
  ['.ogg', 'audio/ogg'],
  ['.parquet', 'application/vnd.apache.parquet'],
  ['.pdf', 'application/pdf'],
  ['.png', 'image/png'],
  ['.svg', 'image/svg+xml'],
  ['.tar', 'application/x-tar'],
  ['.tif', 'image/tiff'],
  ['.tiff', 'image/tiff'],
  ['.txt', 'text/plain'],
  ['.wav', 'audio/wav'],
  ['.webm', 'video/webm'],
  ['.webp', 'image/webp'],
  ['.xml', 'application/xml'],
  ['.zip', 'application/zip'],
])

/** Content type by a name's extension. */
export function typeOfName(name: string): string {
  return types.get(extname(name).toLowerCase()) ?? anyType
}

/** Whether `type` is one of these, of which each may end in a star, as `image/*`. */
export function isOneOf(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) => {
    if (pattern === '*/*') return true
    return pattern.endsWith('/*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern
  })
}
