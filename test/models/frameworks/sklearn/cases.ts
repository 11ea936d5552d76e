import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { temporaryFolder } from '../../../temporary-folder.ts'

type Files = Readonly<Record<string, string>>

interface Pickle {
  readonly name: string
  readonly pickle: string
}

/** A model that test/fixtures/sklearn/make.py trained, what the scripts make of it, and what scikit-learn answers. */
export interface SklearnCase extends Pickle {
  readonly candidates: readonly Files[]
  readonly check: object
}

interface Recorded {
  readonly cases: readonly SklearnCase[]
  readonly refused: readonly Pickle[]
  /** What skl2onnx converts wrong without a word. */
  readonly different: readonly Pickle[]
}

const file = new URL('../../../fixtures/sklearn/sklearn.json.gz', import.meta.url)

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because make.py wrote it
export const recorded = JSON.parse(gunzipSync(readFileSync(file)).toString()) as Recorded

/** The folder that a script would have left. */
export async function writeConverted({
  candidates,
  check,
}: Pick<SklearnCase, 'candidates' | 'check'>): Promise<string> {
  const folder = await temporaryFolder()
  for (const [index, files] of candidates.entries()) {
    await mkdir(join(folder, String(index)))
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(folder, String(index), name), Buffer.from(content, 'base64'))
    }
  }
  const said = { candidates: candidates.map(describe), context: {}, check }
  await writeFile(join(folder, 'converted.json'), JSON.stringify(said))
  return folder
}

function describe(files: Files): object {
  const names = Object.keys(files)
  const main = ['pipeline.json', 'model.trees', 'model.onnx'].find((name) => names.includes(name))
  return { main, files: names }
}

function missing(): never {
  throw new Error('no such case')
}

export function caseOf(name: string): SklearnCase {
  const found = recorded.cases.find((item) => item.name === name)
  return found ?? missing()
}
