import { readFile } from 'node:fs/promises'
import { BentoError, isBentoError, messageOf } from '../../../errors.ts'
import type { Framework, ReadModel } from '../framework.ts'
import { hasWords, readHead } from '../head.ts'
import { parseLooseJson } from '../loose-json.ts'
import { toReadModel } from '../trees-file.ts'
import { unsupported } from '../unsupported.ts'
import { readXgboost } from './model.ts'
import { parseUbjson } from './ubjson.ts'

/** XGBoost's JSON and UBJSON, read without Python and run by the trees runtime. */
export const xgboost: Framework = {
  name: 'xgboost',

  async detect(file) {
    const head = await readHead(file)
    return isUbjson(head) || isOldBinary(head) || isJson(head)
  },

  async read(file): Promise<ReadModel> {
    const bytes = await readFile(file)
    if (isOldBinary(bytes)) throw unsupported('XGBoost', 'the binary format of before 2.1')
    try {
      const { model, context } = readXgboost(parse(bytes))
      return toReadModel(model, context)
    } catch (error) {
      if (isBentoError(error)) throw error
      const message = `"${file}" is not a model of XGBoost: ${messageOf(error)}`
      throw new BentoError('MODEL_INVALID', message, {
        hint: 'Save it again with `save_model("model.json")` or `save_model("model.ubj")`.',
        cause: error,
      })
    }
  },
}

function parse(bytes: Buffer): unknown {
  const isBinary = isUbjson(bytes.subarray(0, 64))
  return isBinary ? parseUbjson(bytes) : parseLooseJson(bytes.toString())
}

function isJson(head: Buffer): boolean {
  return hasWords(head, ['"learner"']) && /^\s*\{\s*"(?:learner|version)"/.test(head.toString())
}

/** An object whose first name is written with its length in 8 bytes. */
function isUbjson(head: Buffer): boolean {
  return /^\{[LliUI]/.test(head.subarray(0, 2).toString('latin1')) && hasWords(head, ['learner'])
}

function isOldBinary(head: Buffer): boolean {
  return head.subarray(0, 4).toString('latin1') === 'binf'
}
