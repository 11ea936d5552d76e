import { isRemote } from '../remote/location.ts'
import { exportBento } from '../store/transfer.ts'
import { defineCommand } from './define-command.ts'
import { resolvePath } from './paths.ts'
import { bentosOf } from './stores.ts'
import { plainTransfer, pushTag } from './transfer.ts'

export const exportCommand = defineCommand({
  summary: 'Write a bento, with its models, into one file',
  description: 'Prints the path of the file, which is NAME-VERSION.bento when PATH is a folder.',
  positionals: {
    tag: {
      description: 'NAME, NAME:latest, NAME:VERSION or the beginning of a version',
      completes: 'bentos',
    },
    path: {
      description: 'A file, a folder (default: this one), or a URL as of `bento push`',
      optional: true,
    },
  },
  examples: [
    'bento export iris_classifier:latest',
    'bento export iris_classifier ../iris.bento',
    'bento export iris_classifier s3://models/bentos/iris:v1',
  ],
  async run({ args }, session) {
    if (args.path !== undefined && isRemote(args.path)) {
      return pushTag('bento', { tag: args.tag, url: args.path }, { flags: plainTransfer, session })
    }
    const target = resolvePath(session.cwd, args.path ?? './')
    session.out.result(await exportBento(bentosOf(session), args.tag, target))
  },
})
