import * as z from 'zod'
import { dockerSchema } from './docker-schema.ts'
import { envsSchema } from './envs.ts'
import { nodeSchema } from './node-schema.ts'

const include = z
  .string()
  .min(1)
  .refine((pattern) => !pattern.split('/').includes('..'), 'must stay inside the project: no ".."')

const label = z.union([z.string(), z.number(), z.boolean()]).transform(String)

const service = z
  .string()
  .min(1)
  .refine(
    (text) => !/\.py(:|$)/.test(text),
    'names a Python file: name the module of the service, as service.ts:IrisClassifier',
  )

const remote = z
  .string()
  .regex(
    /^(oci|file|s3):\/\/\S*[^\s/:]$/,
    'must be oci://HOST/PLACE, s3://BUCKET/PLACE or file:///FOLDER, in which each model is at its name',
  )

const model = z
  .union([
    z.string().min(1),
    z.strictObject({
      tag: z.string().min(1),
      packed: z.boolean().default(true),
      remote: remote.optional(),
    }),
  ])
  .transform((value): ListedModel =>
    typeof value === 'string' ? { tag: value, packed: true } : value,
  )

/** A model that a bentofile names. */
export interface ListedModel {
  readonly tag: string
  /** False: its files stay out of the bento, and come from `remote` when it starts. */
  readonly packed: boolean
  readonly remote?: string | undefined
}

/** A list, or a map that says besides where models are that the store lacks. */
const models = z
  .union([
    z.array(model),
    z.strictObject({ remote: remote.optional(), include: z.array(model).default([]) }),
  ])
  .transform((value): { remote?: string | undefined; include: readonly ListedModel[] } =>
    'include' in value ? value : { include: value },
  )
  .check(({ value, issues }) => {
    value.include.forEach(({ tag, packed, remote: own }, index) => {
      if (packed || own !== undefined || value.remote !== undefined) return
      issues.push({
        code: 'custom',
        path: [index],
        input: tag,
        message: `"${tag}" is not packed: say in "remote" where it comes from when the bento starts`,
      })
    })
  })

/** Everything that `bentofile.yaml` may say. */
export const bentofileSchema = z.strictObject({
  service: service
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
  models: models
    .describe(
      'Models to pack besides those that the service asks for, and where they are: see README',
    )
    .prefault([]),
  args: z
    .record(z.string().regex(/^[A-Za-z_][\w-]*$/, 'must be a name, as model_size'), label)
    .describe('Arguments of the service, which `bento build --arg` overrides')
    .default({}),
  envs: envsSchema.describe('Environment variables of the service').default([]),
  docker: dockerSchema.describe('What is below the service in its image').prefault({}),
  node: nodeSchema.describe('Packages that are not in the bundle').prefault({}),
  deploy: z
    .strictObject({ target: z.string().min(1).describe('Where it runs, as kubernetes') })
    .describe('For `bento deploy`, where neither a flag nor a deployment.yaml says it')
    .optional(),
})

export type Bentofile = z.infer<typeof bentofileSchema>

/** Text of `bentofile.schema.json`, for completion in editors. */
export function renderBentofileSchema(): string {
  const schema = z.toJSONSchema(bentofileSchema, { io: 'input', target: 'draft-7' })
  return `${JSON.stringify({ title: 'bentofile.yaml', ...schema }, null, 2)}\n`
}
