import { BentoError } from '../errors.ts'
import { withoutUndefined } from '../lib/without-undefined.ts'
import type { BentoEntry } from '../store/bento-store.ts'
import { defineCommand } from './define-command.ts'
import { describeEntry } from './list.ts'
import type { Output } from './output.ts'
import { reportTo } from './report.ts'
import { bentosOf, modelsOf } from './stores.ts'

export const buildCommand = defineCommand({
  summary: 'Build a bento from a project',
  description: 'Reads bentofile.yaml of the project, and puts the bento into the local store.',
  positionals: {
    context: {
      description: 'Project folder, or a service as service.ts:Iris (default: this folder)',
      optional: true,
    },
  },
  flags: {
    bentofile: {
      type: 'text',
      short: 'f',
      placeholder: 'FILE',
      description: "Read this file instead of the project's own",
    },
    name: { type: 'text', placeholder: 'NAME', description: 'Name of the bento' },
    version: {
      type: 'text',
      placeholder: 'VERSION',
      description: 'Version (default: from the content)',
    },
    label: { type: 'pairs', description: 'Label to add' },
    check: { type: 'negatable', description: 'Skip the type check' },
    output: {
      type: 'choice',
      short: 'o',
      choices: ['default', 'tag', 'json'],
      default: 'default',
      description: 'What to print',
    },
  },
  examples: [
    'bento build',
    'bento build ./iris --label team=flowers',
    'bento build service.ts:IrisClassifier --version v1 -o tag',
  ],
  async run({ args, flags }, session) {
    const { resolveTarget } = await import('../build/target.ts')
    const { buildBento } = await import('../build/build.ts')
    const { bentofile, name, version, label, check, output } = flags
    const project = await resolveTarget(args.context, {
      cwd: session.cwd,
      findBento: () => Promise.resolve(undefined),
      ...withoutUndefined({ bentofile }),
    })
    if (project.kind === 'bento') throw alreadyBuilt(project.path)
    const entry = await buildBento({
      project,
      store: bentosOf(session),
      models: modelsOf(session),
      flags: { ...withoutUndefined({ name, version }), labels: label, check },
      env: session.env,
      report: reportTo(session.out),
    })
    session.out.settle()
    await printBuilt(entry, output, session.out)
  },
})

function alreadyBuilt(path: string): BentoError {
  return new BentoError('USAGE', `"${path}" is a bento that is built already`, {
    hint: 'Name the folder of a project, or a service as service.ts:IrisClassifier.',
  })
}

async function printBuilt(
  entry: BentoEntry,
  form: 'default' | 'tag' | 'json',
  out: Output,
): Promise<void> {
  switch (form) {
    case 'tag':
      return out.result(entry.tag)
    case 'json':
      return out.json({ ...(await describeEntry(entry)), path: entry.path })
    case 'default':
      out.result(`Built ${entry.tag}`)
      out.say('Next steps:')
      out.say(`  Serve it:   bento serve ${entry.tag}`)
      out.say(`  See it:     bento get ${entry.tag}`)
      out.say(`  Carry it:   bento export ${entry.tag}`)
  }
}
