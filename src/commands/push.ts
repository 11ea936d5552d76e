import { defineCommand } from './define-command.ts'
import { pushTag, remotePositional, transferFlags } from './transfer.ts'

export const pushCommand = defineCommand({
  summary: 'Push a bento to a registry, a folder or S3',
  description:
    "Sends only what is not there yet. Without a version in URL, it is the bento's own, and `latest`.",
  positionals: {
    tag: {
      description: 'NAME, NAME:latest, NAME:VERSION or the beginning of a version',
      completes: 'bentos',
    },
    url: remotePositional,
  },
  flags: transferFlags,
  examples: [
    'bento push iris_classifier oci://ghcr.io/acme/iris',
    'bento push iris_classifier:latest s3://models/bentos/iris:v1',
    'bento push iris_classifier file:///srv/bentos/iris',
  ],
  run: ({ args, flags }, session) => pushTag('bento', args, { flags, session }),
})
