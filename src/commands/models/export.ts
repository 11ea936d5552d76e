import { exportModel } from '../../store/transfer.ts'
import { defineCommand } from '../define-command.ts'
import { resolvePath } from '../paths.ts'
import { modelsOf } from '../stores.ts'

export const modelsExportCommand = defineCommand({
  summary: 'Write a model into one file',
  description: 'Prints the path of the file, NAME-VERSION.bentomodel when PATH is a folder.',
  positionals: {
    tag: {
      description: 'NAME, NAME:latest, NAME:VERSION or the beginning of a version',
      completes: 'models',
    },
    path: { description: 'A file or a folder (default: this folder)', optional: true },
  },
  flags: {
    format: {
      type: 'choice',
      choices: ['bento', 'onnx'],
      default: 'bento',
      description: 'An archive, or an ONNX file where that answers the same',
    },
  },
  examples: [
    'bento models export iris_classifier',
    'bento models export iris_classifier:v1 backup/',
    'bento models export fraud_detector --format onnx',
  ],
  async run({ args, flags }, session) {
    const target = resolvePath(session.cwd, args.path ?? './')
    const store = modelsOf(session)
    if (flags.format === 'bento') {
      session.out.result(await exportModel(store, args.tag, target))
      return
    }
    const { exportOnnx } = await import('../../models/export/export-onnx.ts')
    session.out.result(await exportOnnx(store, args.tag, target))
  },
})
