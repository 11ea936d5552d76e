import { archiveInvalid } from './tar-reader.ts'

/**
 * The paths of one archive, seen by the least careful file system that may unpack it. Packing and unpacking ask the
 * same, so that what was exported can be imported everywhere.
 */
export class ArchiveNames {
  readonly #files = new Map<string, string>()
  readonly #folders = new Map<string, string>([['', '']])

  /** Returns the path, relative with `/`. Throws ARCHIVE_INVALID for one that leads elsewhere or is taken. */
  addFile(raw: string): string {
    const path = checkPath(raw)
    if (path === '') throw archiveInvalid('An archive cannot hold a file without a name')
    this.#enter(parentOf(path))
    const key = fold(path)
    const other = this.#files.get(key) ?? this.#folders.get(key)
    if (other !== undefined) throw clash(path, other)
    this.#files.set(key, path)
    return path
  }

  addFolder(raw: string): string {
    const path = checkPath(raw)
    this.#enter(path)
    return path
  }

  #enter(path: string): void {
    const key = fold(path)
    const other = this.#folders.get(key)
    if (other === path) return
    const taken = other ?? this.#files.get(key)
    if (taken !== undefined) throw clash(path, taken)
    this.#enter(parentOf(path))
    this.#folders.set(key, path)
  }
}

function checkPath(path: string): string {
  const clean = path.replace(/^(?:\.\/)+/, '').replace(/\/$/, '')
  if (clean === '' || clean === '.') return ''
  // Backslashes are separators on Windows, and `c:` leaves the folder there. \p{Cc}: NUL, newlines, escapes.
  const isPlain = !/[\\\p{Cc}]|^[a-z]:/iu.test(clean) && Buffer.byteLength(clean) <= 4096
  if (isPlain && clean.split('/').every(isSegment)) return clean
  throw archiveInvalid(
    `An archive cannot hold a path that leads elsewhere, ${JSON.stringify(path)}`,
  )
}

function isSegment(segment: string): boolean {
  return !['', '.', '..'].includes(segment) && Buffer.byteLength(segment) <= 255
}

function clash(path: string, other: string): Error {
  const [a, b] = [JSON.stringify(other), JSON.stringify(path)]
  return archiveInvalid(`An archive cannot hold two files of one name, ${a} and ${b}`)
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash === -1 ? '' : path.slice(0, slash)
}

function fold(path: string): string {
  return path.normalize('NFC').toLowerCase()
}
