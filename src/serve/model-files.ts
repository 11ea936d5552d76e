import { readdirSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { BentoError } from '../errors.ts'

/** A file in a model's folder. Throws FILE_NOT_FOUND with what there is. */
export function findModelFile(folder: string, file: string, tag: string): string {
  const path = join(folder, file)
  const isInside = path.startsWith(`${folder}${sep}`)
  if (isInside && statSync(path, { throwIfNoEntry: false })?.isFile()) return path
  throw new BentoError('FILE_NOT_FOUND', `Model "${tag}" has no file ${JSON.stringify(file)}`, {
    hint: `It has ${readdirSync(folder).join(', ')}; add others with \`bento models import … --file\`.`,
  })
}
