import { importBento } from '../store/transfer.ts'
import { defineCommand } from './define-command.ts'
import { resolvePath } from './paths.ts'
import { bentosOf } from './stores.ts'

export const importCommand = defineCommand({
  summary: 'Store a bento from a file that `bento export` wrote',
  positionals: {
    path: { description: 'The exported file' },
  },
  examples: ['bento import iris_classifier-v1.bento'],
  async run({ args }, session) {
    const { tag } = await importBento(bentosOf(session), resolvePath(session.cwd, args.path))
    session.out.result(`Imported ${tag}`)
    session.out.say(`Serve it with \`bento serve ${tag}\`.`)
  },
})
