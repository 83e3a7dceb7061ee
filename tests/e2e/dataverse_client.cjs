// A Dataverse client that others wrote (npm dynamics-web-api) works on the sandbox as it works on Dataverse.
//
// Environment: DATAVERSE_URL (with a slash at its end), NODE_MODULES (the folder that holds dynamics-web-api).
// Prints a line for each thing that was done; ends with status 1 at the first that was not as it should be.
"use strict";
const assert = require("node:assert/strict");
const path = require("node:path");
const { DynamicsWebApi } = require(path.join(process.env.NODE_MODULES, "dynamics-web-api"));

const CASE = "00000000-0000-4000-9000-0000000003e9";
const ADELE = "00000000-0000-0000-0000-000000000022";
const PATTI = "00000000-0000-0000-0000-000000000024";
const FORMATTED = "@OData.Community.Display.V1.FormattedValue";

const client = (impersonateAAD) => new DynamicsWebApi({
  serverUrl: process.env.DATAVERSE_URL,
  dataApi: { version: "9.2" },
  onTokenRefresh: async () => "token",
  impersonateAAD,
  propagateErrors: true,
});
const app = client();
const cases = { collection: "incidents", key: CASE };
const refused = (status) => (error) => error.status === status;

const steps = {
  async "knows who asks"() {
    assert.match((await app.callFunction("WhoAmI")).UserId, /^[0-9a-f-]{36}$/);
  },
  async "reads a case with its labels"() {
    const row = await app.retrieve({ ...cases, select: ["title", "prioritycode", "_ownerid_value"], includeAnnotations: "*" });
    assert.equal(row[`prioritycode${FORMATTED}`], "Normal");
    assert.equal(row[`_ownerid_value${FORMATTED}`], "Adele Vance");
  },
  async "reads as a person"() {
    const row = await client(PATTI).retrieve({ ...cases, select: ["cs_refundamount"] });
    assert.equal(row.cs_refundamount, null);
    await assert.rejects(client(PATTI).retrieve({ collection: "serviceendpoints", key: CASE }), refused(404));
    await assert.rejects(client(PATTI).update({ ...cases, data: { prioritycode: 1 } }), refused(403));
  },
  async "filters, expands, orders and counts"() {
    const found = await app.retrieveMultiple({
      collection: "incidents",
      select: ["ticketnumber"],
      filter: "contains(title,'pump') and primarycontactid/fullname ne null",
      expand: [{ property: "primarycontactid", select: ["fullname"] }],
      orderBy: ["ticketnumber desc"],
      count: true,
    });
    const numbers = found.value.map((row) => row.ticketnumber);
    assert.deepEqual(numbers, [...numbers].sort().reverse());
    assert.equal(found.oDataCount, numbers.length);
    assert.ok(found.value.every((row) => row.primarycontactid.fullname));
  },
  async "reads all pages"() {
    const all = await app.retrieveAll({ collection: "contacts", select: ["fullname"], maxPageSize: 7 });
    assert.equal(all.value.length, 40);
  },
  async "writes under an ETag"() {
    const adele = client(ADELE);
    const row = await adele.retrieve({ ...cases, select: ["title"] });
    const etag = row["@odata.etag"];
    assert.match(etag, /^W\/"\d+"$/);
    await adele.update({ ...cases, data: { prioritycode: 1 }, ifmatch: etag });
    await assert.rejects(adele.update({ ...cases, data: { prioritycode: 2 }, ifmatch: etag }), refused(412));
  },
  async "makes a chat with its members, changes it and deletes it"() {
    const id = await client(ADELE).create({
      collection: "chats",
      data: {
        subject: "Triage",
        "regardingobjectid_incident_chat@odata.bind": `/incidents(${CASE})`,
        chat_activity_parties: [
          { participationtypemask: 12, "partyid_systemuser@odata.bind": "/systemusers(00000008-0000-4000-9000-000000000022)" },
        ],
      },
    });
    await app.update({ collection: "chats", key: id, data: { subject: "Renamed" } });
    const chat = await app.retrieve({ collection: "chats", key: id, select: ["subject"], expand: [{ property: "chat_activity_parties", select: ["participationtypemask"] }] });
    assert.equal(chat.subject, "Renamed");
    assert.deepEqual(chat.chat_activity_parties.map((party) => party.participationtypemask), [12]);
    await app.deleteRecord({ collection: "chats", key: id });
    await assert.rejects(app.retrieve({ collection: "chats", key: id }), refused(404));
  },
  async "makes a row with an id of its own by upsert"() {
    const key = "00000000-0000-4000-9000-00000000beef";
    await app.upsert({ collection: "accounts", key, data: { name: "Upserted" }, ifnonematch: "*" });
    await app.upsert({ collection: "accounts", key, data: { name: "Again" } });
    assert.equal((await app.retrieve({ collection: "accounts", key, select: ["name"] })).name, "Again");
    await app.deleteRecord({ collection: "accounts", key });
  },
  async "joins a team and leaves it"() {
    const members = { collection: "teams", primaryKey: "00000009-0000-4000-9000-000000000001", relationshipName: "teammembership_association" };
    const adele = { relatedCollection: "systemusers", relatedKey: "00000008-0000-4000-9000-000000000022" };
    await app.associate({ ...members, ...adele });
    await app.disassociate({ ...members, relatedKey: adele.relatedKey });
  },
  async "reads definitions"() {
    const table = await app.retrieveEntity({ key: "LogicalName='incident'", select: ["EntitySetName"] });
    assert.equal(table.EntitySetName, "incidents");
    const columns = await app.retrieveAttributes({
      entityKey: "LogicalName='incident'",
      castType: "Microsoft.Dynamics.CRM.PicklistAttributeMetadata",
      select: ["LogicalName"],
      expand: [{ property: "OptionSet" }],
    });
    const priority = columns.value.find((column) => column.LogicalName === "prioritycode");
    assert.deepEqual(priority.OptionSet.Options.map((option) => option.Label.UserLocalizedLabel.Label), ["High", "Normal", "Low"]);
  },
};

(async () => {
  for (const [name, run] of Object.entries(steps)) {
    await run();
    console.log(`ok ${name}`);
  }
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
