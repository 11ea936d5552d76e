import { defineCommand } from '../define-command.ts'
import { printEntry } from '../print-entry.ts'
import { modelsOf } from '../stores.ts'

export const modelsGetCommand = defineCommand({
  summary: 'Print what a model is, or where it lies',
  positionals: {
    tag: {
      description: 'NAME, NAME:latest, NAME:VERSION or the beginning of a version',
      completes: 'models',
    },
  },
  flags: {
    output: {
      type: 'choice',
      short: 'o',
      choices: ['yaml', 'json', 'path', 'tag'],
      default: 'yaml',
      description: 'The manifest as YAML or JSON, the folder, or the whole tag',
    },
  },
  examples: ['bento models get iris_classifier:latest', 'bento models get iris_classifier -o path'],
  async run({ args, flags }, session) {
    await printEntry(await modelsOf(session).require(args.tag), flags.output, session.out)
  },
})
