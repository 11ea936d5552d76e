import { defineCommand } from './define-command.ts'
import { printEntry } from './print-entry.ts'
import { bentosOf } from './stores.ts'

export const getCommand = defineCommand({
  summary: 'Print what a bento holds, or where it lies',
  positionals: {
    tag: {
      description: 'NAME, NAME:latest, NAME:VERSION or the beginning of a version',
      completes: 'bentos',
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
  examples: ['bento get iris_classifier:latest', 'bento get iris_classifier -o path'],
  async run({ args, flags }, session) {
    await printEntry(await bentosOf(session).require(args.tag), flags.output, session.out)
  },
})
