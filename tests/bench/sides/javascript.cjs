// JavaScript's botbuilder behind Node's own server; it answers link queries and messages as the product does.
const http = require("node:http");
const path = require("node:path");

const modules = process.argv[2];
const { CloudAdapter, ConfigurationBotFrameworkAuthentication, TeamsActivityHandler, CardFactory, MessageFactory } =
  require(path.join(modules, "botbuilder"));
const { BotFrameworkAuthenticationFactory, MicrosoftAppCredentials } = require(path.join(modules, "botframework-connector"));
const { APP_ID, ISSUER, LINK, HELP } = JSON.parse(process.env.BENCH_KNOWN);

const metadata = `${process.env.BENCH_TLS_URL}/openid`;

class FixedToken extends MicrosoftAppCredentials {
  async getToken() {
    return "x".repeat(1200);
  }
}

const tokens = {
  isValidAppId: async (id) => id === APP_ID,
  isAuthenticationDisabled: async () => false,
  createCredentials: async (id, audience) => new FixedToken(id, "x", undefined, audience),
};

class Bot extends TeamsActivityHandler {
  constructor() {
    super();
    this.onMessage(async (context, next) => {
      await context.sendActivity(MessageFactory.attachment(CardFactory.adaptiveCard(HELP)));
      await next();
    });
  }

  async handleTeamsAppBasedLinkQuery() {
    return JSON.parse(JSON.stringify(LINK));
  }
}

const adapter = new CloudAdapter(
  BotFrameworkAuthenticationFactory.create(
    "", false, `${process.env.BENCH_TLS_URL}/tenant`, ISSUER, ISSUER, process.env.BENCH_TLS_URL, metadata, metadata,
    undefined, tokens, { requiredEndorsements: [] }, undefined, undefined,
  ),
);
adapter.onTurnError = async (_context, error) => console.error(error);
const bot = new Bot();

// What the adapter expects of a response: Express' names for what Node's own server does.
function asExpress(response) {
  response.status = (code) => {
    response.statusCode = code;
    return response;
  };
  response.header = (name, value) => response.setHeader(name, value);
  response.send = (body) => {
    if (body !== undefined && typeof body !== "string") {
      response.setHeader("Content-Type", "application/json");
    }
    response.end(body === undefined || typeof body === "string" ? body : JSON.stringify(body));
    return response;
  };
  return response;
}

http
  .createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      if (request.url === "/healthz") {
        response.end();
        return;
      }
      request.body = JSON.parse(Buffer.concat(parts));
      adapter.process(request, asExpress(response), (context) => bot.run(context)).catch((error) => {
        console.error(error);
        response.statusCode = 500;
        response.end();
      });
    });
  })
  .listen(Number(process.env.PORT), "127.0.0.1");
