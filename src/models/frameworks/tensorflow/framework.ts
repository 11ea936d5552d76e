import { stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { convert } from '../../python/converted.ts'
import type { Framework } from '../framework.ts'
import { readHead } from '../head.ts'
import { untrusted } from '../untrusted.ts'
import { wordsInZip } from '../zip-names.ts'

type Kind = 'saved model' | 'keras' | 'hdf5' | 'tflite'

/**
 * TensorFlow: SavedModel folders, Keras and TFLite files, by tf2onnx in the user's own Python. A SavedModel is a program,
 * and old Keras files keep Python in them; Keras itself refuses code in new ones, and TFLite has none.
 */
export const tensorflow: Framework = {
  name: 'tensorflow',

  async detect(file) {
    return (await kindOf(file)) !== undefined
  },

  async read(file, options) {
    const trust = options?.isNamed === true && options.trust
    const what = programs.get((await kindOf(file)) ?? 'saved model')
    if (options === undefined || (what !== undefined && !trust)) {
      throw untrusted(file, what ?? 'a model', 'tensorflow')
    }
    const { folder, sample } = options
    return convert({ framework: 'tensorflow', file, folder, sample, trust }, options)
  },
}

const programs: ReadonlyMap<Kind, string> = new Map([
  ['saved model', 'a program of TensorFlow, which can do anything when it is run'],
  ['hdf5', "Keras' older format, in which layers can run any code when they are read"],
])

async function kindOf(path: string): Promise<Kind | undefined> {
  if (await isSavedModel(path)) return 'saved model'
  const head = await readHead(path, 8)
  if (head.subarray(4, 8).toString('latin1') === 'TFL3') return 'tflite'
  if (head.subarray(0, 4).toString('latin1') === '\u0089HDF') return 'hdf5'
  if (extname(path).toLowerCase() === '.keras') return 'keras'
  const found = await wordsInZip(path, ['model.weights.h5'])
  return found?.length === 1 ? 'keras' : undefined
}

/** A SavedModel is a folder. */
export async function isSavedModel(path: string): Promise<boolean> {
  const found = await stat(join(path, 'saved_model.pb')).catch(() => undefined)
  return found?.isFile() === true
}
