import { defineCommand } from '../define-command.ts'
import { pushTag, remotePositional, transferFlags } from '../transfer.ts'

export const modelsPushCommand = defineCommand({
  summary: 'Push a model to a registry, a folder or S3',
  description:
    "Sends only what is not there yet. Without a version in URL, it is the model's own, and `latest`.",
  positionals: {
    tag: {
      description: 'NAME, NAME:latest, NAME:VERSION or the beginning of a version',
      completes: 'models',
    },
    url: remotePositional,
  },
  flags: transferFlags,
  examples: [
    'bento models push iris_classifier oci://ghcr.io/acme/models/iris',
    'bento models push iris_classifier:v1 s3://models/iris',
  ],
  run: ({ args, flags }, session) => pushTag('model', args, { flags, session }),
})
