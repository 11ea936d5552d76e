import { basename, extname, resolve } from 'node:path'
import { isName } from '../store/tag.ts'

/** A name that npm takes, from a folder's. */
export function packageNameOf(folder: string): string {
  const name = basename(resolve(folder))
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
  return name === '' ? 'my-service' : name
}

/** A name for a model, from its file's. */
export function modelNameOf(file: string): string {
  const name = basename(file, extname(file))
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '_')
    .slice(0, 60)
    .replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
  return isName(name) ? name : 'model'
}

/** `iris_classifier` to `IrisClassifier`, never a word that means something already. */
export function classNameOf(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  const joined = words.map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`).join('')
  if (!/^[A-Z]/.test(joined)) return `Service${joined}`
  return joined === 'Tensor' || joined in globalThis ? `${joined}Service` : joined
}

/** As a key of an object, or after a dot when it may stand there. */
export function keyOf(name: string): string {
  return isIdentifier(name) ? name : quote(name)
}

export function isIdentifier(name: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(name)
}

/** A string of TypeScript, whatever stands in it. */
export function quote(text: string): string {
  return `'${JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll("'", String.raw`\'`)}'`
}
