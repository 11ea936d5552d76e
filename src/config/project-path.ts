import * as z from 'zod'

/** A file of the project: relative, and inside it. Links on the way are refused where it is read. */
export const projectPath = z
  .string()
  .min(1)
  .refine(isInside, 'must be a path inside the project: relative, without "..", "~" or "$"')

function isInside(path: string): boolean {
  const isRooted = /^[/\\~]|^[A-Za-z]:/.test(path)
  return !isRooted && !/[$\p{Cc}]/u.test(path) && !path.split(/[\\/]/).includes('..')
}
