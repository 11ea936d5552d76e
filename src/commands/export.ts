import { exportBento } from '../store/transfer.ts'
import { defineCommand } from './define-command.ts'
import { resolvePath } from './paths.ts'
import { bentosOf } from './stores.ts'

export const exportCommand = defineCommand({
  summary: 'Write a bento, with its models, into one file',
  description: 'Prints the path of the file, which is NAME-VERSION.bento when PATH is a folder.',
  positionals: {
    tag: {
      description: 'NAME, NAME:latest, NAME:VERSION or the beginning of a version',
      completes: 'bentos',
    },
    path: { description: 'A file or a folder (default: this folder)', optional: true },
  },
  examples: ['bento export iris_classifier:latest', 'bento export iris_classifier ../iris.bento'],
  async run({ args }, session) {
    const target = resolvePath(session.cwd, args.path ?? './')
    session.out.result(await exportBento(bentosOf(session), args.tag, target))
  },
})
