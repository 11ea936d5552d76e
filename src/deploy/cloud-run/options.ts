import * as z from 'zod'

/** What `cloud_run:` of a deployment.yaml may say. */
export const cloudRunSchema = z.strictObject({
  project: z
    .string()
    .min(1)
    .describe('Absent: of GOOGLE_CLOUD_PROJECT or the credentials')
    .optional(),
  region: z
    .string()
    .regex(/^[a-z]+-[a-z]+\d+$/, 'must be a region, as europe-west1')
    .describe('Absent: of GOOGLE_CLOUD_REGION')
    .optional(),
  service_account: z.string().min(1).describe('E-mail address that the service runs as').optional(),
  ingress: z.enum(['all', 'internal', 'internal-and-load-balancer']).default('all'),
  public: z.boolean().describe('Whether callers need no right to call it').default(false),
  traffic: z
    .int()
    .min(0)
    .max(100)
    .describe('Percent for the new revision; the rest stays where it is')
    .default(100),
  cpu_boost: z.boolean().describe('More CPU while it starts').default(true),
  gpu_type: z.string().min(1).describe('As nvidia-l4, for resources.gpu').default('nvidia-l4'),
})

export type CloudRunOptions = z.infer<typeof cloudRunSchema>
