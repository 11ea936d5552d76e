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
  examples: [
    'bento models export iris_classifier',
    'bento models export iris_classifier:v1 backup/',
  ],
  async run({ args }, session) {
    const target = resolvePath(session.cwd, args.path ?? './')
    session.out.result(await exportModel(modelsOf(session), args.tag, target))
  },
})
