import * as z from 'zod'

const env = z.strictObject({
  name: z
    .string()
    .regex(
      /^[A-Za-z_][A-Za-z0-9_]*$/,
      'must be letters, digits and "_", and not start with a digit',
    ),
  value: z
    .union([z.string(), z.number(), z.boolean()])
    .transform(String)
    .describe('Absent or empty: must be set where the service runs')
    .default(''),
  stage: z.enum(['all', 'build', 'runtime']).default('all'),
})

/** Environment variables that a service declares, in `@service` and in `bentofile.yaml`. */
export const envsSchema = z
  .array(env)
  .refine((envs) => new Set(envs.map((one) => one.name)).size === envs.length, {
    error: 'names a variable twice',
  })
