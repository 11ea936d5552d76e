import * as z from 'zod'
import { envsSchema } from './envs.ts'

const include = z
  .string()
  .min(1)
  .refine((pattern) => !pattern.split('/').includes('..'), 'must stay inside the project: no ".."')

const label = z.union([z.string(), z.number(), z.boolean()]).transform(String)

/** Everything that `bentofile.yaml` may say. */
export const bentofileSchema = z.strictObject({
  service: z
    .string()
    .min(1)
    .describe('Module and export of the service, as service.ts:IrisClassifier')
    .optional(),
  name: z
    .string()
    .min(1)
    .describe('Name of the bento; absent: the name of the service in snake case')
    .optional(),
  version: z
    .string('must be text: put it in quotes')
    .min(1)
    .describe('Version of the bento; absent: made from its content')
    .optional(),
  description: z
    .string()
    .describe('Text of README.md, or file:PATH of a file inside the project')
    .optional(),
  labels: z.record(z.string(), label).describe('Free text by key').default({}),
  include: z
    .array(include)
    .min(1)
    .describe('Files that go into src/ of the bento, as in .gitignore')
    .default(['**/*']),
  exclude: z
    .array(include)
    .describe('Files that do not, as in .gitignore; wins over include')
    .default([]),
  models: z
    .array(
      z
        .union([z.string().min(1), z.strictObject({ tag: z.string().min(1) })])
        .transform((model) => (typeof model === 'string' ? model : model.tag)),
    )
    .describe('Tags of models to pack besides those that the service asks for')
    .default([]),
  envs: envsSchema.describe('Environment variables of the service').default([]),
})

export type Bentofile = z.infer<typeof bentofileSchema>

/** Keys of BentoML's bentofile.yaml that mean nothing here, and why. */
export const foreignKeys: Readonly<Record<string, string>> = {
  python: 'is for Python: packages come from package.json and package-lock.json',
  conda: 'is for Python: packages come from package.json and package-lock.json',
  docker: 'is not read by this version: the image is the one in env/docker of the bento',
  args: 'is not read by this version: use envs',
}

/** Text of `bentofile.schema.json`, for completion in editors. */
export function renderBentofileSchema(): string {
  const schema = z.toJSONSchema(bentofileSchema, { io: 'input', target: 'draft-7' })
  return `${JSON.stringify({ title: 'bentofile.yaml', ...schema }, null, 2)}\n`
}
