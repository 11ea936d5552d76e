import { readFile } from 'node:fs/promises'
import { BentoError, messageOf } from '../errors.ts'
import { writeAtomically } from '../lib/files.ts'
import { anything, count, list, literal, number, object, text } from '../lib/shape.ts'

/** A request, and what it was answered with. */
export interface Pair {
  readonly route: string
  readonly request: unknown
  readonly status: number
  /** JSON as it was; text where it was no JSON. */
  readonly answer: unknown
}

/** How far numbers may be from what was recorded: by `absolute`, or by `relative` of it. */
export interface Tolerance {
  readonly absolute: number
  readonly relative: number
}

/** What a service answered once, to hold later builds and models against. */
export interface Golden {
  readonly format: 1
  readonly tolerance: Tolerance
  readonly pairs: readonly Pair[]
}

/** Floats of 32 bits that went another way through the same model. */
export const defaultTolerance: Tolerance = { absolute: 1e-6, relative: 1e-5 }

const readGoldenShape = object({
  format: literal(1),
  tolerance: object({ absolute: number, relative: number }),
  pairs: list(object({ route: text, request: anything, status: count, answer: anything })),
})

/** Throws FILE_NOT_FOUND, or GOLDEN_INVALID for a file that says something else. */
export async function readGolden(file: string): Promise<Golden> {
  const content = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new BentoError('FILE_NOT_FOUND', `"${file}" cannot be read`, {
      hint: 'Record it first: `bento verify TARGET --record --golden FILE`.',
      cause,
    })
  })
  try {
    const golden = readGoldenShape(JSON.parse(content), '')
    if (golden.pairs.length === 0) throw new Error('it has no pairs')
    return golden
  } catch (cause) {
    throw new BentoError('GOLDEN_INVALID', `"${file}" is no golden file: ${messageOf(cause)}`, {
      hint: 'Record it again with --record.',
      cause,
    })
  }
}

/** A pair on each line, so that a change of one is a change of one line. */
export async function writeGolden(file: string, { tolerance, pairs }: Golden): Promise<void> {
  const lines = pairs.map((pair) => `    ${JSON.stringify(pair)}`)
  const head = `{\n  "format": 1,\n  "tolerance": ${JSON.stringify(tolerance)},\n  "pairs": [\n`
  await writeAtomically(file, `${head}${lines.join(',\n')}\n  ]\n}\n`)
}
