import { defineCommand } from './define-command.ts'
import { pullBento, remotePositional, transferFlags } from './transfer.ts'

export const pullCommand = defineCommand({
  summary: 'Pull a bento into the local store',
  description:
    'Checks every byte, and stores all of it or nothing. Pulled again after a break, it goes on where it was.',
  positionals: { url: remotePositional },
  flags: transferFlags,
  examples: ['bento pull oci://ghcr.io/acme/iris:v1', 'bento pull s3://models/bentos/iris'],
  run: ({ args, flags }, session) => pullBento(args.url, { flags, session }),
})
