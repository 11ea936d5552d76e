import * as z from 'zod'
import { plainName } from '../lib/plain-name.ts'
import { closest } from '../lib/suggest.ts'
import { byteSize } from './byte-size.ts'
import { envsSchema } from './envs.ts'
import { sslSchema } from './ssl-schema.ts'

const positive = z.number().positive()
// Of onnxruntime; DirectML is its `dml`.
const executionProviders = ['cpu', 'cuda', 'tensorrt', 'coreml', 'directml', 'webgpu'] as const
const count = z.int().positive()
const port = z.int().min(0).max(65_535)
const rate = z.number().min(0).max(1)

const resources = z.strictObject({
  cpu: z.union([z.string().min(1), positive]).optional(),
  memory: z.union([z.string().min(1), positive]).optional(),
  gpu: z
    .number()
    .nonnegative()
    .refine((gpus) => gpus <= 1 || Number.isInteger(gpus), 'must be whole when it is above 1')
    .optional(),
  gpuType: z.string().min(1).optional(),
})

const traffic = z.strictObject({
  timeout: positive.describe('Seconds for a whole request').default(60),
  concurrency: count.optional(),
  maxConcurrency: count.optional(),
})

// BentoML takes Python's format of a whole number: a width, filled with zeros or not, in hexadecimal or decimal.
function idFormat(fallback: string) {
  return z
    .string()
    .regex(/^0?\d*[xXd]$/, 'must be a width and x, X or d, as "032x"')
    .default(fallback)
}

const access = z.strictObject({
  enabled: z.boolean().default(true),
  requestContentLength: z.boolean().default(true),
  requestContentType: z.boolean().default(true),
  responseContentLength: z.boolean().default(true),
  responseContentType: z.boolean().default(true),
  skipPaths: z.array(z.string()).default(['/metrics', '/healthz', '/livez', '/readyz']),
  format: z.strictObject({ traceId: idFormat('032x'), spanId: idFormat('016x') }).prefault({}),
})

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

function unknownLevel({ input }: { input?: unknown }): string {
  const guess = closest(String(input), levels)
  const end = guess === undefined ? '' : `, did you mean "${guess}"?`
  return `must be one of ${levels.join(', ')}${end}`
}

const logging = z.strictObject({
  level: z.enum(levels, { error: unknownLevel }).default('info'),
  format: z
    .enum(['json', 'text'])
    .describe('Absent: text at a terminal, else JSON lines')
    .optional(),
  correlate: z
    .boolean()
    .describe(
      'Ids of the request on what `logger` and console write; absent: where `logger` is imported',
    )
    .optional(),
  access: access.prefault({}),
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
  port: port.describe('Serves metrics and probes apart from the API').optional(),
  host: z.string().min(1).describe('Of that port; absent: as http.host').optional(),
})

// BentoML's own keys; one text stands for a list of one.
const texts = z
  .union([z.string().transform((text) => [text]), z.array(z.string())])
  .pipe(z.array(z.string().min(1)))

const cors = z
  .strictObject({
    enabled: z.boolean().default(false),
    accessControlAllowOrigins: texts.default([]),
    accessControlAllowOriginRegex: z
      .string()
      .min(1)
      .refine(isPattern, 'is no regular expression')
      .optional(),
    accessControlAllowMethods: texts.default(['GET']),
    accessControlAllowHeaders: texts.default([]),
    accessControlAllowCredentials: z.boolean().default(false),
    accessControlExposeHeaders: texts.default([]),
    accessControlMaxAge: z.int().nonnegative().describe('Seconds').default(600),
  })
  .refine(
    (value) =>
      !value.enabled ||
      value.accessControlAllowOrigins.length > 0 ||
      value.accessControlAllowOriginRegex !== undefined,
    'must say which origins in accessControlAllowOrigins when it is enabled',
  )

const http = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: port.default(3000),
  maxBodySize: byteSize.describe('Of a request, after decompression').default(64 * 1024 * 1024),
  maxConnections: count.default(10_000),
  headersTimeout: positive.describe('Seconds for the headers of a request').default(10),
  requestTimeout: positive.describe('Seconds for a whole request to arrive').default(300),
  keepAliveTimeout: positive.describe('Seconds that an idle connection is kept').default(75),
  cors: cors.prefault({}),
  page: z.boolean().describe('A page at / to try the service on').default(true),
  urlInputs: z.boolean().describe("Fetches a URL in a file's place").default(false),
  response: z
    .strictObject({
      traceId: z.boolean().default(false),
      serverTiming: z.boolean().default(false),
      nonFinite: z.enum(['null', 'token']).default('null'),
    })
    .prefault({}),
})

const auth = z.strictObject({
  // A space would end the key in the header that brings it.
  keys: z
    .array(z.string().regex(/^[\x21-\x7e]+$/, 'must be visible ASCII, without spaces'))
    .default([]),
})

const monitoring = z.strictObject({
  enabled: z.boolean().default(true),
  type: z.enum(['default', 'otlp']).default('default'),
  sampleRate: rate.default(1),
  options: z
    .strictObject({
      logPath: z.string().min(1).default('monitoring'),
      maxFileSize: byteSize.default(100 * 1024 * 1024),
      endpoint: z.url().optional(),
      headers: z.record(z.string(), z.string()).default({}),
    })
    .prefault({}),
})

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}

const tracing = z.strictObject({
  exporterType: z.literal('otlp').optional(),
  sampleRate: rate.default(0),
  timeout: positive.describe('Seconds for one export').default(10),
  excludedUrls: z.array(z.string().refine(isPattern, 'must be a regular expression')).default([]),
  otlp: z
    .strictObject({
      endpoint: z.url().optional(),
      http: z.strictObject({ headers: z.record(z.string(), z.string()).default({}) }).prefault({}),
    })
    .prefault({}),
})

const api = z.strictObject({
  route: z.string().startsWith('/').optional(),
  batchable: z.boolean().optional(),
  maxBatchSize: count.optional(),
  maxLatencyMs: positive.optional(),
  maxQueueSize: count.optional(),
  weight: positive.optional(),
  retry: z.boolean().optional(),
  warmUps: z.array(z.unknown()).describe('Inputs to run before it is ready').optional(),
})

/** Every option of `@service`, and of its `@api` methods under `apis`. */
export const serviceOptionsSchema = z.strictObject({
  name: z
    .string()
    .regex(plainName, 'must be letters, digits, dots, dashes and underscores, up to 63')
    .describe('In logs, metrics, headers and the schema; absent: that of the class')
    .optional(),
  description: z.string().optional(),
  resources: resources.prefault({}),
  traffic: traffic.prefault({}),
  workers: z
    .union(
      [count.max(1024), z.literal('cpu_count')],
      'must be a whole number above 0, or "cpu_count"',
    )
    .default(1),
  threads: count
    .describe('Runner threads in each worker; absent: planned from the CPU quota')
    .optional(),
  providers: z
    .array(z.enum(executionProviders))
    .min(1)
    .describe('Where ONNX models run; the next one only where the one before does not work')
    .default(['cpu']),
  batching: z
    .strictObject({
      hold: z.boolean().describe('Waits for clients that are about to come back').default(true),
      adaptive: z
        .boolean()
        .describe('Batches follow what was learned of them; false: whatever waits is one batch')
        .default(true),
    })
    .prefault({}),
  logging: logging.prefault({}),
  metrics: metrics.prefault({}),
  monitoring: monitoring.prefault({}),
  tracing: tracing.prefault({}),
  envs: envsSchema.default([]),
  labels: z.record(z.string(), z.string()).default({}),
  http: http.prefault({}),
  ssl: sslSchema.prefault({}),
  auth: auth.prefault({}).describe('Keys that callers need; none: everybody may call'),
  runTimeout: positive.describe('Seconds after which a run is taken for hung').optional(),
  maxWorkerRss: byteSize.describe('A worker that has grown beyond this is replaced').optional(),
  maxRequests: count.describe('A worker that has answered about so many is replaced').optional(),
  apis: z.record(z.string(), api).default({}),
})

export type ParsedOptions = z.infer<typeof serviceOptionsSchema>
