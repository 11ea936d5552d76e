import * as z from 'zod'

/** What `bentocloud:` of a deployment.yaml may say. */
export const bentoCloudSchema = z.strictObject({
  context: z.string().min(1).describe('Of `bento cloud login`; absent: the current one').optional(),
  cluster: z.string().min(1).describe('Absent: the first one').optional(),
  access_authorization: z.boolean().describe('Whether callers need a token').default(false),
})

export type BentoCloudOptions = z.infer<typeof bentoCloudSchema>
