import { defineCommand } from '../define-command.ts'
import { pullModel, remotePositional, transferFlags } from '../transfer.ts'

export const modelsPullCommand = defineCommand({
  summary: 'Pull a model into the local store',
  description:
    'Checks every byte, and stores all of it or nothing. Pulled again after a break, it goes on where it was.',
  positionals: { url: remotePositional },
  flags: transferFlags,
  examples: ['bento models pull oci://ghcr.io/acme/models/iris:v1'],
  run: ({ args, flags }, session) => pullModel(args.url, { flags, session }),
})
