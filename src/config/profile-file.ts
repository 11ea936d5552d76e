import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BentoError, isSystemError, messageOf } from '../errors.ts'
import { writeAtomically } from '../lib/files.ts'
import {
  count,
  list,
  literal,
  number,
  object,
  record,
  type ShapeReader,
  text,
} from '../lib/shape.ts'

/** What a batch of so many rows took. */
export interface ProfilePoint {
  readonly rows: number
  readonly ms: number
}

/** What the batches of a project's methods took, where they were measured. Those of a model are stored with it. */
export interface Profiles {
  readonly format: 1
  /** The machine. */
  readonly measured_on: string
  /** By the name of the method. */
  readonly methods: Readonly<Record<string, readonly ProfilePoint[]>>
}

/** Beside bentofile.yaml. */
export const profileName = 'bento-profile.json'

const point = object({ rows: above0(count), ms: above0(number) })

/** Reads points, in the order of their rows. */
export const profilePoints: ShapeReader<readonly ProfilePoint[]> = list(point)

const shape = object({
  format: literal(1),
  measured_on: text,
  methods: record(profilePoints),
})

/** Undefined where nothing was measured yet. Throws PROFILE_INVALID. */
export async function readProfiles(context: string): Promise<Profiles | undefined> {
  const file = join(context, profileName)
  try {
    return shape(JSON.parse(await readFile(file, 'utf8')), '')
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT')) return undefined
    throw new BentoError('PROFILE_INVALID', `"${file}" is no profile: ${messageOf(cause)}`, {
      hint: 'Delete it, or measure again: `bento tune`.',
      cause,
    })
  }
}

/** A point on each line. */
export async function writeProfiles(context: string, profiles: Profiles): Promise<string> {
  const file = join(context, profileName)
  const pretty = JSON.stringify(profiles, null, 2)
  const lines = pretty.replaceAll(
    /\{\s+"rows": (\d+),\s+"ms": ([\d.e-]+)\s+\}/g,
    '{ "rows": $1, "ms": $2 }',
  )
  await writeAtomically(file, `${lines}\n`)
  return file
}

function above0(read: ShapeReader<number>): ShapeReader<number> {
  return (value, at) => {
    const found = read(value, at)
    if (found > 0 && Number.isFinite(found)) return found
    throw new Error(`${at}: expected a number above 0, got ${found}`)
  }
}
