import * as z from 'zod'

const registry = z
  .strictObject({
    server: z.string().min(1).describe('As iris.azurecr.io'),
    username: z.string().min(1).optional(),
    password_env: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable')
      .describe('Variable here, while deploying, that holds the password')
      .optional(),
  })
  .refine(
    ({ username, password_env }) => (username === undefined) === (password_env === undefined),
    'needs username and password_env, or neither for azure.identity',
  )

/** What `azure:` of a deployment.yaml may say. */
export const azureSchema = z.strictObject({
  subscription: z.string().min(1).describe('Absent: of AZURE_SUBSCRIPTION_ID').optional(),
  resource_group: z.string().min(1).describe('Absent: of AZURE_RESOURCE_GROUP').optional(),
  environment: z
    .string()
    .min(1)
    .describe('Name of the Container Apps environment in that group, or its whole resource id')
    .optional(),
  location: z.string().min(1).describe('Absent: that of the environment').optional(),
  identity: z
    .string()
    .min(1)
    .describe('"system", or the resource id of a managed identity: for images and secrets')
    .optional(),
  registry: registry.describe('Absent: the image can be pulled by anybody').optional(),
  key_vault: z
    .url({ protocol: /^https$/ })
    .describe('Key Vault that holds the secrets, as https://iris.vault.azure.net')
    .optional(),
  ingress: z.enum(['external', 'internal']).describe('Who may call it').default('internal'),
  traffic: z
    .int()
    .min(0)
    .max(100)
    .describe('Percent for the new revision; the rest stays where it is')
    .default(100),
  workload_profile: z.string().min(1).describe('Of the environment; GPUs need one').optional(),
  startup_seconds: z
    .int()
    .min(10)
    .max(2400)
    .describe('How long the models may take to load')
    .default(240),
})

export type AzureOptions = z.infer<typeof azureSchema>
