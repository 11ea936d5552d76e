import { readFile } from 'node:fs/promises'
import { BentoError, isBentoError, messageOf } from '../../../errors.ts'
import type { Framework, ReadModel } from '../framework.ts'
import { hasWords, readHead } from '../head.ts'
import { toReadModel } from '../trees-file.ts'
import { readLightgbm } from './model.ts'

/** LightGBM's text model, read without Python and run by the trees runtime. */
export const lightgbm: Framework = {
  name: 'lightgbm',

  async detect(file) {
    const head = await readHead(file)
    return /^tree\r?\n/.test(head.toString('latin1')) && hasWords(head, ['num_tree_per_iteration='])
  },

  async read(file): Promise<ReadModel> {
    const text = await readFile(file, 'utf8')
    try {
      const { model, context } = readLightgbm(text)
      return toReadModel(model, context)
    } catch (error) {
      if (isBentoError(error)) throw error
      const message = `"${file}" is not a text model of LightGBM: ${messageOf(error)}`
      throw new BentoError('MODEL_INVALID', message, {
        hint: 'Save it again with `booster.save_model("model.txt")`.',
        cause: error,
      })
    }
  },
}
