import { readFile } from 'node:fs/promises'
import { BentoError, isBentoError, messageOf } from '../../../errors.ts'
import type { Framework, ReadModel } from '../framework.ts'
import { hasWords, readHead } from '../head.ts'
import { parseLooseJson } from '../loose-json.ts'
import { toReadModel } from '../trees-file.ts'
import { unsupported } from '../unsupported.ts'
import { readCatboost } from './model.ts'

/** CatBoost's JSON, read without Python and run by the trees runtime. */
export const catboost: Framework = {
  name: 'catboost',

  async detect(file) {
    const head = await readHead(file)
    return isBinary(head) || isJson(head)
  },

  async read(file): Promise<ReadModel> {
    const bytes = await readFile(file)
    if (isBinary(bytes)) throw unsupported('CatBoost', 'the format cbm instead of JSON')
    try {
      const { model, context } = readCatboost(parseLooseJson(bytes.toString()))
      return toReadModel(model, context)
    } catch (error) {
      if (isBentoError(error)) throw error
      const message = `"${file}" is not a JSON model of CatBoost: ${messageOf(error)}`
      throw new BentoError('MODEL_INVALID', message, {
        hint: 'Save it again with `save_model("model.json", format="json")`.',
        cause: error,
      })
    }
  },
}

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
