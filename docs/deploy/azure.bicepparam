// Values for azure.bicep. Secrets come from environment variables, so that this file contains none.
using './azure.bicep'

param registryName = readEnvironmentVariable('REGISTRY')
param image = readEnvironmentVariable('IMAGE')
param dataverseUrl = readEnvironmentVariable('DATAVERSE_URL')

param databasePassword = readEnvironmentVariable('DATABASE_PASSWORD')
param webhookKey = readEnvironmentVariable('WEBHOOK_KEY')
param graphClientState = readEnvironmentVariable('GRAPH_CLIENT_STATE')

// Only while secrets are replaced.
param webhookKeyPrevious = readEnvironmentVariable('WEBHOOK_KEY_PREVIOUS', '')
param graphClientStatePrevious = readEnvironmentVariable('GRAPH_CLIENT_STATE_PREVIOUS', '')

// Only for the pane.
param paneClientId = readEnvironmentVariable('PANE_CLIENT_ID', '')
param paneClientSecret = readEnvironmentVariable('PANE_CLIENT_SECRET', '')
