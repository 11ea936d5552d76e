import { isRemote } from '../remote/location.ts'
import { importBento } from '../store/transfer.ts'
import { defineCommand } from './define-command.ts'
import { resolvePath } from './paths.ts'
import { bentosOf } from './stores.ts'
import { printMoved, pullBento, transferFlags } from './transfer.ts'

export const importCommand = defineCommand({
  summary: 'Store a bento from a file that `bento export` wrote',
  positionals: {
    path: { description: 'The exported file, or a URL as of `bento pull`' },
  },
  flags: transferFlags,
  examples: ['bento import iris_classifier-v1.bento', 'bento import s3://models/bentos/iris:v1'],
  async run({ args, flags }, session) {
    if (isRemote(args.path)) return pullBento(args.path, { flags, session })
    const { tag, path } = await importBento(bentosOf(session), resolvePath(session.cwd, args.path))
    if (flags.output !== 'default') return printMoved({ tag, path }, flags.output, session.out)
    session.out.result(`Imported ${tag}`)
    session.out.say(`Serve it with \`bento serve ${tag}\`.`)
  },
})
