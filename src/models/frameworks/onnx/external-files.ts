import { lstat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BentoError } from '../../../errors.ts'

export interface ExternalFile {
  readonly source: string
  readonly target: string
}

/**
 * The files beside a model that hold its tensors. onnxruntime opens whatever path the model names, so each must be a
 * plain file below the model's own folder that no other name reaches: a link could hand out any file of this machine.
 */
export async function findExternalFiles(
  file: string,
  locations: ReadonlySet<string>,
): Promise<ExternalFile[]> {
  const found: ExternalFile[] = []
  for (const location of [...locations].toSorted()) {
    const target = checkLocation(location)
    await requirePlain(dirname(file), target)
    found.push({ source: join(dirname(file), target), target })
  }
  return found
}

/** onnxruntime joins the path as it is written, so that one that would have to be tidied first is refused too. */
function checkLocation(location: string): string {
  const target = location.replace(/^(?:\.\/)+/, '')
  const segments = target.split('/')
  const isInside = segments.every((segment) => !['', '.', '..'].includes(segment))
  if (isInside && !/[\\\p{Cc}]|^[a-z]:/iu.test(target)) return target
  throw new BentoError(
    'MODEL_INVALID',
    `The model keeps tensors in ${JSON.stringify(location)}, outside its own folder`,
    { hint: 'Save it again with its external data beside it.' },
  )
}

async function requirePlain(folder: string, target: string): Promise<void> {
  let path = folder
  for (const segment of target.split('/')) {
    path = join(path, segment)
    const found = await lstat(path).catch((error: unknown) => {
      throw missing(target, error)
    })
    const isLast = path === join(folder, target)
    if (found.isSymbolicLink() || (isLast && found.nlink > 1)) throw linked(target)
    if (isLast ? !found.isFile() : !found.isDirectory()) throw missing(target)
  }
}

function linked(target: string): BentoError {
  return new BentoError('LINK_REFUSED', `The model keeps tensors in "${target}", which is a link`, {
    hint: 'Replace the link by a copy of its file.',
  })
}

function missing(target: string, cause?: unknown): BentoError {
  return new BentoError(
    'MODEL_INVALID',
    `The model keeps tensors in "${target}", and there is no such file beside it`,
    { hint: 'Put the file there, or save the model in one file.', cause },
  )
}
