import { isRemote } from '../remote/location.ts'
import { exportBento } from '../store/transfer.ts'
import { defineCommand } from './define-command.ts'
import { resolvePath } from './paths.ts'
import { bentosOf } from './stores.ts'
import { printMoved, pushTag, transferFlags } from './transfer.ts'

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
  flags: transferFlags,
  examples: [
    'bento export iris_classifier:latest',
    'bento export iris_classifier ../iris.bento',
    'bento export iris_classifier s3://models/bentos/iris:v1',
  ],
  async run({ args, flags }, session) {
    if (args.path !== undefined && isRemote(args.path)) {
      return pushTag('bento', { tag: args.tag, url: args.path }, { flags, session })
    }
    const target = resolvePath(session.cwd, args.path ?? './')
    const store = bentosOf(session)
    const { tag } = await store.require(args.tag)
    const path = await exportBento(store, tag, target)
    if (flags.output !== 'default') return printMoved({ tag, path }, flags.output, session.out)
    session.out.result(path)
  },
})
