// Chat Sync in Azure: a container app, PostgreSQL, a key vault, a managed identity, and an Azure Bot for Teams.
// docs/deployment.md explains how to deploy it. Each parameter is set in azure.bicepparam.

targetScope = 'resourceGroup'

@description('Start of the names of all resources: lowercase letters, digits, and hyphens. It begins with a letter.')
@minLength(3)
@maxLength(10)
param name string = 'chat-sync'

@description('Region of all resources except the bot, which is global.')
param location string = resourceGroup().location

@description('Name of an Azure container registry in this resource group.')
param registryName string

@description('Image in that registry, with its tag.')
param image string

@description('Addresses of the Dynamics 365 environments (CHATSYNC_DATAVERSE_URL), separated by commas.')
param dataverseUrl string

@description('Name of the bot in the Azure portal. Teams shows the name in the app package.')
param displayName string = 'Chat Sync'

@description('Public address (CHATSYNC_PUBLIC_URL) if a proxy with a domain of its own is in front of Azure. Default: the address in Azure.')
param publicUrl string = ''

@description('App registration of the pane (CHATSYNC_PANE_CLIENT_ID). Empty: no pane.')
param paneClientId string = ''

@description('Client secret of that registration. Empty: no sign-in in Dynamics 365.')
@secure()
param paneClientSecret string = ''

@description('Keys of the webhook in Dataverse, one for each environment, separated by commas.')
@secure()
@minLength(16)
param webhookKey string

@description('Previous keys while they are replaced, in the same order.')
@secure()
param webhookKeyPrevious string = ''

@description('Text that Microsoft Graph sends with each notification.')
@secure()
@minLength(16)
@maxLength(128)
param graphClientState string

@description('Previous text while it is replaced.')
@secure()
@maxLength(128)
param graphClientStatePrevious string = ''

@description('Password of the database.')
@secure()
@minLength(16)
@maxLength(128)
param databasePassword string

@description('Size of the database server.')
param databaseSku object = {
  name: 'Standard_B1ms'
  tier: 'Burstable'
}

@description('A standby of the database server. It requires a size that is not burstable.')
@allowed(['Disabled', 'SameZone', 'ZoneRedundant'])
param databaseHighAvailability string = 'Disabled'

@description('Number of days to keep backups of the database.')
@minValue(7)
@maxValue(35)
param backupDays int = 14

@description('Number of replicas that always run. At least one, because workers post cards without requests.')
@minValue(1)
@maxValue(10)
param minReplicas int = 1

@description('Maximum number of replicas under load.')
@minValue(1)
@maxValue(10)
param maxReplicas int = 3

var suffix = uniqueString(resourceGroup().id)
var port = 3978

// Built-in roles of Azure.
var pullImages = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
var readSecrets = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-${suffix}'
  location: location
}

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = {
  name: registryName
}

resource identityPullsImages 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(registry.id, identity.id, pullImages)
  scope: registry
  properties: {
    roleDefinitionId: pullImages
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// Secrets

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: '${take(name, 10)}-${suffix}'
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enablePurgeProtection: true
    softDeleteRetentionInDays: 90
  }
}

resource identityReadsSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, identity.id, readSecrets)
  scope: vault
  properties: {
    roleDefinitionId: readSecrets
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource databaseUrlSecret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'database-url'
  properties: {
    value: 'postgresql+asyncpg://${server.properties.administratorLogin}:${uriComponent(databasePassword)}@${server.properties.fullyQualifiedDomainName}/${database.name}?ssl=require'
  }
}

resource webhookKeySecret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'webhook-key'
  properties: {
    value: webhookKey
  }
}

resource webhookKeyPreviousSecret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(webhookKeyPrevious)) {
  parent: vault
  name: 'webhook-key-previous'
  properties: {
    value: webhookKeyPrevious
  }
}

resource graphClientStateSecret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'graph-client-state'
  properties: {
    value: graphClientState
  }
}

resource graphClientStatePreviousSecret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(graphClientStatePrevious)) {
  parent: vault
  name: 'graph-client-state-previous'
  properties: {
    value: graphClientStatePrevious
  }
}

resource paneClientSecretSecret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(paneClientSecret)) {
  parent: vault
  name: 'pane-client-secret'
  properties: {
    value: paneClientSecret
  }
}

var secretSettings = concat(
  [
    { secret: 'database-url', setting: 'CHATSYNC_DATABASE_URL' }
    { secret: 'webhook-key', setting: 'CHATSYNC_WEBHOOK_KEY' }
    { secret: 'graph-client-state', setting: 'CHATSYNC_GRAPH_CLIENT_STATE' }
  ],
  empty(webhookKeyPrevious) ? [] : [{ secret: 'webhook-key-previous', setting: 'CHATSYNC_WEBHOOK_KEY_PREVIOUS' }],
  empty(graphClientStatePrevious)
    ? []
    : [{ secret: 'graph-client-state-previous', setting: 'CHATSYNC_GRAPH_CLIENT_STATE_PREVIOUS' }],
  empty(paneClientSecret) ? [] : [{ secret: 'pane-client-secret', setting: 'CHATSYNC_PANE_CLIENT_SECRET' }]
)

// Network: the database has no address on the internet.

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: '${name}-${suffix}'
  location: location
  properties: {
    addressSpace: {
      addressPrefixes: ['10.20.0.0/16']
    }
    subnets: [
      {
        name: 'apps'
        properties: {
          addressPrefix: '10.20.0.0/23'
          delegations: [
            {
              name: 'apps'
              properties: {
                serviceName: 'Microsoft.App/environments'
              }
            }
          ]
        }
      }
      {
        name: 'database'
        properties: {
          addressPrefix: '10.20.2.0/28'
          delegations: [
            {
              name: 'database'
              properties: {
                serviceName: 'Microsoft.DBforPostgreSQL/flexibleServers'
              }
            }
          ]
        }
      }
    ]
  }

  resource apps 'subnets' existing = {
    name: 'apps'
  }

  resource database 'subnets' existing = {
    name: 'database'
  }
}

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: '${name}-${suffix}.private.postgres.database.azure.com'
  location: 'global'
}

resource zoneLink 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = {
  parent: zone
  name: name
  location: 'global'
  properties: {
    registrationEnabled: false
    virtualNetwork: {
      id: network.id
    }
  }
}

// Database

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' = {
  name: '${name}-${suffix}'
  location: location
  sku: databaseSku
  properties: {
    version: '17'
    administratorLogin: 'chatsync'
    administratorLoginPassword: databasePassword
    authConfig: {
      activeDirectoryAuth: 'Disabled'
      passwordAuth: 'Enabled'
    }
    storage: {
      storageSizeGB: 32
      autoGrow: 'Enabled'
    }
    backup: {
      backupRetentionDays: backupDays
      geoRedundantBackup: 'Disabled'
    }
    highAvailability: {
      mode: databaseHighAvailability
    }
    network: {
      delegatedSubnetResourceId: network::database.id
      privateDnsZoneArmResourceId: zone.id
      publicNetworkAccess: 'Disabled'
    }
  }
  dependsOn: [zoneLink]
}

resource database 'Microsoft.DBforPostgreSQL/flexibleServers/databases@2025-08-01' = {
  parent: server
  name: 'chatsync'
  properties: {
    charset: 'UTF8'
    collation: 'en_US.utf8'
  }
}

// Chat Sync

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: '${name}-${suffix}'
  location: location
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: 30
  }
}

resource environment 'Microsoft.App/managedEnvironments@2025-07-01' = {
  name: '${name}-${suffix}'
  location: location
  properties: {
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: {
        customerId: logs.properties.customerId
        sharedKey: logs.listKeys().primarySharedKey
      }
    }
    vnetConfiguration: {
      infrastructureSubnetId: network::apps.id
    }
    workloadProfiles: [
      {
        name: 'Consumption'
        workloadProfileType: 'Consumption'
      }
    ]
  }
}

// Azure allows only letters and digits here, and the name of no app.
var routesName = '${replace(name, '-', '')}web'
var host = '${routesName}.${environment.properties.defaultDomain}'
var address = empty(publicUrl) ? 'https://${host}' : publicUrl

resource app 'Microsoft.App/containerApps@2025-07-01' = {
  name: name
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    environmentId: environment.id
    workloadProfileName: 'Consumption'
    configuration: {
      // A new version starts before the old one stops.
      activeRevisionsMode: 'Single'
      // Only the routes below lead here from the internet.
      ingress: {
        external: false
        targetPort: port
        transport: 'http'
      }
      registries: [
        {
          server: registry.properties.loginServer
          identity: identity.id
        }
      ]
      secrets: [
        for each in secretSettings: {
          name: each.secret
          keyVaultUrl: '${vault.properties.vaultUri}secrets/${each.secret}'
          identity: identity.id
        }
      ]
    }
    template: {
      containers: [
        {
          name: 'chat-sync'
          image: '${registry.properties.loginServer}/${image}'
          resources: {
            cpu: json('0.5')
            memory: '1Gi'
          }
          env: concat(
            [
              { name: 'MicrosoftAppType', value: 'UserAssignedMSI' }
              { name: 'MicrosoftAppId', value: identity.properties.clientId }
              { name: 'MicrosoftAppTenantId', value: identity.properties.tenantId }
              { name: 'CHATSYNC_DATAVERSE_URL', value: dataverseUrl }
              { name: 'CHATSYNC_PUBLIC_URL', value: address }
              { name: 'CHATSYNC_LOG_FORMAT', value: 'json' }
            ],
            empty(paneClientId) ? [] : [{ name: 'CHATSYNC_PANE_CLIENT_ID', value: paneClientId }],
            map(secretSettings, each => { name: each.setting, secretRef: each.secret })
          )
          // `/readyz` asks Dynamics 365 and the database. They are the same for all replicas, so a probe of it would
          // turn away events during an outage, which Chat Sync could still store.
          probes: [
            {
              type: 'Startup'
              httpGet: {
                path: '/healthz'
                port: port
              }
              periodSeconds: 6
              timeoutSeconds: 5
              failureThreshold: 10
            }
            {
              type: 'Readiness'
              httpGet: {
                path: '/healthz'
                port: port
              }
              periodSeconds: 5
              timeoutSeconds: 5
              failureThreshold: 3
            }
            {
              type: 'Liveness'
              httpGet: {
                path: '/healthz'
                port: port
              }
              periodSeconds: 10
              timeoutSeconds: 5
              failureThreshold: 6
            }
          ]
        }
      ]
      scale: {
        minReplicas: minReplicas
        maxReplicas: maxReplicas
        rules: [
          {
            name: 'requests'
            http: {
              metadata: {
                concurrentRequests: '50'
              }
            }
          }
        ]
      }
      // Requests in progress have 60 seconds, and posts in progress 5 seconds more.
      terminationGracePeriodSeconds: 75
    }
  }
  dependsOn: [
    identityPullsImages
    identityReadsSecrets
    databaseUrlSecret
    webhookKeySecret
    webhookKeyPreviousSecret
    graphClientStateSecret
    graphClientStatePreviousSecret
    paneClientSecretSecret
  ]
}

resource routes 'Microsoft.App/managedEnvironments/httpRouteConfigs@2025-07-01' = {
  parent: environment
  name: routesName
  properties: {
    rules: [
      {
        description: 'The paths that Teams, Dataverse, Microsoft Graph, and browsers need'
        targets: [
          {
            containerApp: app.name
          }
        ]
        routes: [
          { match: { path: '/api/messages' } }
          { match: { path: '/api/dataverse/events' } }
          { match: { path: '/api/graph/events' } }
          { match: { path: '/' } }
          { match: { path: '/privacy' } }
          { match: { path: '/terms' } }
          { match: { pathSeparatedPrefix: '/pane' } }
        ]
      }
    ]
  }
}

// Bot

resource bot 'Microsoft.BotService/botServices@2022-09-15' = {
  name: '${name}-${suffix}'
  location: 'global'
  kind: 'azurebot'
  sku: {
    name: 'F0'
  }
  properties: {
    displayName: displayName
    endpoint: '${address}/api/messages'
    msaAppType: 'UserAssignedMSI'
    msaAppId: identity.properties.clientId
    msaAppMSIResourceId: identity.id
    msaAppTenantId: identity.properties.tenantId
    disableLocalAuth: true
    isStreamingSupported: false
    schemaTransformationVersion: '1.3'
  }

  resource teams 'channels' = {
    name: 'MsTeamsChannel'
    location: 'global'
    properties: {
      channelName: 'MsTeamsChannel'
      properties: {
        isEnabled: true
        acceptedTerms: true
      }
    }
  }
}

@description('App ID of the bot, of the application user in Dynamics 365, and for the app package.')
output appId string = identity.properties.clientId

@description('Object ID of the identity, which receives permissions of Microsoft Graph.')
output principalId string = identity.properties.principalId

@description('Name of the container app.')
output containerApp string = app.name

@description('Public address of Chat Sync.')
output publicUrl string = address

@description('Host that Azure routes to Chat Sync. It must be the host of the public address, or what a proxy forwards to.')
output routedHost string = routes.properties.fqdn
