import * as z from 'zod'

const url = z.strictObject({
  auth: z.enum(['NONE', 'AWS_IAM']).default('AWS_IAM'),
})

/** What `lambda:` of a deployment.yaml may say. */
export const lambdaSchema = z.strictObject({
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region, as eu-west-1')
    .describe('Absent: that of AWS_REGION or of the profile')
    .optional(),
  role: z
    .string()
    .min(1)
    .describe('Name or ARN of the IAM role that the function runs as')
    .optional(),
  package: z.enum(['image', 'zip']).describe('What is handed to Lambda').default('image'),
  repository: z
    .string()
    .regex(/^[a-z0-9]+([._/-][a-z0-9]+)*$/, 'must be the name of an ECR repository')
    .describe('Of ECR; absent: the name of the deployment')
    .optional(),
  runtime: z
    .string()
    .regex(/^nodejs\d+\.x$/, 'must be a Node runtime, as nodejs24.x')
    .describe('For a zip')
    .default('nodejs24.x'),
  architecture: z.enum(['x86_64', 'arm64']).default('x86_64'),
  memory: z
    .int()
    .min(128)
    .max(10_240)
    .describe('MB; absent: resources.memory of the service, or 2048')
    .optional(),
  ephemeral_storage: z.int().min(512).max(10_240).describe('MB of /tmp').default(512),
  timeout: z.int().min(1).max(900).describe('Seconds; absent: traffic.timeout').optional(),
  invoke_mode: z.enum(['BUFFERED', 'RESPONSE_STREAM']).default('BUFFERED'),
  url: z
    .union([z.literal(true).transform(() => url.parse({})), url])
    .describe('A function URL')
    .optional(),
  base: z.string().min(1).describe('Image to put the bento on, or oci:FOLDER').optional(),
})

export type LambdaOptions = z.infer<typeof lambdaSchema>
