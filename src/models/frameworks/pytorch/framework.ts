import { extname } from 'node:path'
import { BentoError } from '../../../errors.ts'
import { convert } from '../../python/converted.ts'
import type { Framework } from '../framework.ts'
import { untrusted } from '../untrusted.ts'
import { wordsInZip } from '../zip-names.ts'

// An exported program has one of the first two, TorchScript the third; weights alone are only a pickle.
const programs = ['archive_format', 'serialized_exported_program.json', 'constants.pkl']
const pickled = 'data.pkl'
const extensions = new Set(['.pt2', '.pt', '.pth', '.torchscript'])

/**
 * PyTorch: programs of torch.export and TorchScript, by torch.onnx in the user's own Python. PyTorch says of both that
 * reading them may run code.
 */
export const pytorch: Framework = {
  name: 'pytorch',

  async detect(file) {
    if (extensions.has(extname(file).toLowerCase())) return true
    const found = await wordsInZip(file, [...programs, pickled])
    return found !== undefined && found.length > 0
  },

  async read(file, options) {
    const found = await wordsInZip(file, programs)
    if (found === undefined || found.length === 0) throw noProgram(file)
    if (options?.isNamed !== true || !options.trust) {
      throw untrusted(
        file,
        'a program of PyTorch, which can run any code when it is read',
        'pytorch',
      )
    }
    const { folder, sample } = options
    return convert({ framework: 'pytorch', file, folder, sample }, options)
  },
}

function noProgram(file: string): BentoError {
  return new BentoError(
    'MODEL_UNSUPPORTED',
    `"${file}" is no program: weights, or a pickled module, do not say what to do with them`,
    {
      hint: 'Save the module itself: torch.export.save(torch.export.export(model.eval(), inputs), "model.pt2").',
    },
  )
}
