import { extname } from 'node:path'
import { convert } from '../../python/converted.ts'
import type { Framework } from '../framework.ts'
import { readHead } from '../head.ts'
import { untrusted } from '../untrusted.ts'

/**
 * scikit-learn's estimators and pipelines. Reading a pickle runs whatever code is in it, so it is done in the user's own
 * Python, and only for who asks for it by name and says that the file is trusted.
 */
export const sklearn: Framework = {
  name: 'sklearn',

  async detect(file) {
    if (['.pkl', '.pickle', '.joblib'].includes(extname(file).toLowerCase())) return true
    const [first, protocol = 0] = await readHead(file, 2)
    return first === 0x80 && protocol >= 2 && protocol <= 5
  },

  async read(file, options) {
    if (options?.isNamed !== true || !options.trust) {
      throw untrusted(file, 'a pickle, which can run any code when it is read', 'sklearn')
    }
    const { folder, sample } = options
    return convert({ framework: 'sklearn', file, folder, sample }, options)
  },
}
