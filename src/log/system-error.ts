import { types } from 'node:util'
import { BentoError, isSystemError, messageOf } from '../errors.ts'

/** What the system said about a disk or a file is nobody's bug: it becomes a foreseen error. */
export function foreseeSystemError(thrown: unknown): BentoError | undefined {
  return diskFull(thrown) ?? fileFailed(thrown)
}

function diskFull(cause: unknown): BentoError | undefined {
  if (!isSystemError(cause, 'ENOSPC') && !isSystemError(cause, 'EDQUOT')) return undefined
  return new BentoError('STORE_FAILED', `The disk is full: ${messageOf(cause)}`, {
    hint: 'Make room, or set BENTO_HOME to a folder on another disk; nothing was stored by half.',
    cause,
  })
}

const noRights =
  'Name another place, or let this user in; what a bento does not need is kept out by .bentoignore.'

const hints: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'Look whether the folder around it is there, and can be written.'],
  ['EACCES', noRights],
  ['EPERM', noRights],
  ['EROFS', 'Name another place: nothing can be written there.'],
  ['ENOTDIR', 'Name another place: a part of this path is a file.'],
  ['EISDIR', 'Name a file: this is a folder.'],
  ['EEXIST', 'Name another place: something else has this path.'],
  ['ENAMETOOLONG', 'Choose a shorter name.'],
  ['ELOOP', 'Name another place: links of this path lead back to it.'],
])

function fileFailed(cause: unknown): BentoError | undefined {
  if (!isFileError(cause)) return undefined
  const hint = hints.get(cause.code)
  return hint === undefined
    ? undefined
    : new BentoError(
        'FILE_FAILED',
        `"${cause.dest ?? cause.path}" cannot be used: ${reasonOf(cause)}`,
        {
          hint,
          cause,
        },
      )
}

interface FileError extends Error {
  readonly code: unknown
  readonly path: string
  /** Of a copy: where it goes. */
  readonly dest?: string
  readonly syscall: string
}

function isFileError(error: unknown): error is FileError {
  if (!types.isNativeError(error) || !('code' in error)) return false
  const isAboutPath = 'path' in error && typeof error.path === 'string'
  // A program that is missing has a path too.
  const isCall = 'syscall' in error && typeof error.syscall === 'string'
  return isAboutPath && isCall && !String(error.syscall).startsWith('spawn')
}

/** `EROFS: read-only file system, open '/x'` without what is said besides. */
function reasonOf({ message, code, syscall }: FileError): string {
  const [reason = message] = message.replace(`${String(code)}: `, '').split(`, ${syscall} `)
  return reason
}
