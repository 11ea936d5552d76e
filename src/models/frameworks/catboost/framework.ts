import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BentoError, isBentoError, messageOf } from '../../../errors.ts'
import { runScript } from '../../python/run-script.ts'
import type { Framework, ReadModel } from '../framework.ts'
import { hasWords, readHead } from '../head.ts'
import { parseLooseJson } from '../loose-json.ts'
import { toReadModel } from '../trees-file.ts'
import { readCatboost } from './model.ts'

/** CatBoost's JSON, read without Python and run by the trees runtime; its binary form, once CatBoost wrote it as JSON. */
export const catboost: Framework = {
  name: 'catboost',

  async detect(file) {
    const head = await readHead(file)
    return isBinary(head) || isJson(head)
  },

  async read(file, options): Promise<ReadModel> {
    const bytes = await readFile(file)
    if (!isBinary(bytes)) return readJson(bytes, file)
    if (options === undefined) throw binary()
    const { folder } = options
    await runScript({ framework: 'cbm', file, folder }, options)
    return readJson(await readFile(join(folder, 'model.json')), file)
  },
}

function readJson(bytes: Buffer, file: string): ReadModel {
  try {
    const { model, context } = readCatboost(parseLooseJson(bytes.toString()))
    return toReadModel(model, context)
  } catch (error) {
    if (isBentoError(error)) throw error
    const message = `"${file}" is not a JSON model of CatBoost: ${messageOf(error)}`
    throw new BentoError('MODEL_INVALID', message, { hint, cause: error })
  }
}

/** Only CatBoost itself reads it. */
function binary(): BentoError {
  const message = "CatBoost's format cbm is not read here"
  return new BentoError('MODEL_UNSUPPORTED', message, { hint })
}

const hint = 'Save it again with `save_model("model.json", format="json")`.'

function isBinary(head: Buffer): boolean {
  return head.subarray(0, 4).toString('latin1') === 'CBM1'
}

/** Names are sorted: features come first, or the tables of categories. */
function isJson(head: Buffer): boolean {
  return (
    /^\s*\{\s*"(?:ctr_data|features_info)"/.test(head.toString()) &&
    hasWords(head, ['"features_info"'])
  )
}
