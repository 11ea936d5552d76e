import * as z from 'zod'
import { envsSchema } from './envs.ts'

const positive = z.number().positive()
const count = z.int().positive()

const resources = z.strictObject({
  cpu: z.union([z.string().min(1), positive]).optional(),
  memory: z.union([z.string().min(1), positive]).optional(),
  gpu: z.number().nonnegative().optional(),
  gpuType: z.string().min(1).optional(),
})

const traffic = z.strictObject({
  timeout: positive.describe('Seconds for a whole request').default(60),
  concurrency: count.optional(),
  maxConcurrency: count.optional(),
})

const access = z.strictObject({
  enabled: z.boolean().default(true),
  requestContentLength: z.boolean().default(true),
  requestContentType: z.boolean().default(true),
  responseContentLength: z.boolean().default(true),
  responseContentType: z.boolean().default(true),
  skipPaths: z.array(z.string()).default(['/metrics', '/healthz', '/livez', '/readyz']),
})

const duration = z
  .strictObject({
    buckets: z.array(positive).min(1).optional(),
    min: positive.optional(),
    max: positive.optional(),
    factor: z.number().gt(1).optional(),
  })
  .refine(isOneWay, 'takes either buckets, or min, max and factor together')

function isOneWay(value: {
  buckets?: unknown
  min?: unknown
  max?: unknown
  factor?: unknown
}): boolean {
  const given = [value.min, value.max, value.factor].filter((one) => one !== undefined).length
  return value.buckets === undefined ? given === 0 || given === 3 : given === 0
}

const metrics = z.strictObject({
  enabled: z.boolean().default(true),
  namespace: z
    .string()
    .regex(
      /^[A-Za-z_:][A-Za-z0-9_:]*$/,
      'must be letters, digits, "_" and ":", and not start with a digit',
    )
    .default('bentoml'),
  duration: duration.prefault({}),
})

const http = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(3000),
})

const api = z.strictObject({
  route: z.string().startsWith('/').optional(),
  batchable: z.boolean().optional(),
  maxBatchSize: count.optional(),
  maxLatencyMs: positive.optional(),
})

/** Every option of `@service`, and of its `@api` methods under `apis`. */
export const serviceOptionsSchema = z.strictObject({
  name: z.string().min(1).optional(),
  description: z.string().optional(),
  resources: resources.prefault({}),
  traffic: traffic.prefault({}),
  workers: z
    .union([count, z.literal('cpu_count')], 'must be a whole number above 0, or "cpu_count"')
    .default(1),
  threads: count
    .describe('Runner threads in each worker; absent: planned from the CPU quota')
    .optional(),
  logging: z.strictObject({ access: access.prefault({}) }).prefault({}),
  metrics: metrics.prefault({}),
  envs: envsSchema.default([]),
  labels: z.record(z.string(), z.string()).default({}),
  http: http.prefault({}),
  runTimeout: positive.describe('Seconds after which a run is taken for hung').optional(),
  apis: z.record(z.string(), api).default({}),
})

export type ParsedOptions = z.infer<typeof serviceOptionsSchema>
