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
  async "upserts under conditions"() {
    const key = "00000000-0000-4000-9000-00000000beee";
    await assert.rejects(app.update({ collection: "accounts", key, data: { name: "First" }, ifmatch: "*" }), refused(404));
    await app.upsert({ collection: "accounts", key, data: { name: "First" } });
    await assert.rejects(app.upsert({ collection: "accounts", key, data: { name: "Never" }, ifnonematch: "*" }), refused(412));
    assert.equal((await app.retrieve({ collection: "accounts", key, select: ["name"] })).name, "First");
    await app.deleteRecord({ collection: "accounts", key });
  },
  async "reads, makes and deletes rows by an alternate key"() {
    const key = "accountnumber='NPM-1'";
    await app.upsert({ collection: "accounts", key, data: { name: "By key" } });
    assert.equal((await app.retrieve({ collection: "accounts", key, select: ["name"] })).name, "By key");
    await app.deleteRecord({ collection: "accounts", key });
    await assert.rejects(app.retrieve({ collection: "accounts", key }), refused(404));
  },
  async "changes one column by itself"() {
    await app.updateSingleProperty({ ...cases, fieldValuePair: { title: "By itself" } });
    assert.equal((await app.retrieve({ ...cases, select: ["title"] })).title, "By itself");
  },
  async "reads in a batch"() {
    app.startBatch();
    app.retrieve({ ...cases, select: ["title"] });
    app.retrieveMultiple({ collection: "contacts", select: ["fullname"], top: 2 });
    app.retrieveMultiple({ collection: "accounts", select: ["name"], filter: "startswith(name,'C') and statecode eq 0" });
    const [row, contacts, accounts] = await app.executeBatch();
    assert.equal(row.incidentid, CASE);
    assert.equal(contacts.value.length, 2);
    assert.ok(accounts.value.every((account) => account.name.startsWith("C")));
  },
  async "writes in a change set, all or nothing"() {
    app.startBatch();
    app.create({ collection: "accounts", data: { name: "Set" }, contentId: "1" });
    app.create({ collection: "contacts", data: { lastname: "Set", "parentcustomerid_account@odata.bind": "$1" }, contentId: "2" });
    app.update({ contentId: "$1", data: { numberofemployees: 9, "primarycontactid@odata.bind": "$2" } });
    await app.executeBatch();
    const found = { collection: "accounts", select: ["numberofemployees"], filter: "name eq 'Set'", expand: [{ property: "primarycontactid", select: ["lastname"] }] };
    const [account] = (await app.retrieveMultiple(found)).value;
    assert.deepEqual([account.numberofemployees, account.primarycontactid.lastname], [9, "Set"]);
    app.startBatch();
    app.update({ collection: "accounts", key: account.accountid, data: { name: "Undone" } });
    app.update({ collection: "accounts", key: account.accountid, data: { name: "x".repeat(200) } });
    await assert.rejects(app.executeBatch());
    assert.equal((await app.retrieveMultiple(found)).value.length, 1);
    app.startBatch();
    app.deleteRecord({ collection: "accounts", key: account.accountid });
    app.deleteRecord({ collection: "contacts", key: account.primarycontactid.contactid });
    await app.executeBatch();
    assert.equal((await app.retrieveMultiple(found)).value.length, 0);
  },
  async "goes on after an error in a batch"() {
    app.startBatch();
    app.create({ collection: "accounts", data: { name: "x".repeat(200) }, inChangeSet: false });
    app.retrieve({ ...cases, select: ["title"] });
    const [error, row] = await app.executeBatch({ continueOnError: true });
    assert.deepEqual([error.status, error.error.code, row.incidentid], [400, "0x80044331", CASE]);
  },
  async "fetches XML page by page"() {
    const fetchXml = `<fetch count="15"><entity name="contact"><attribute name="fullname"/><order attribute="fullname"/>
      <link-entity name="account" from="accountid" to="parentcustomerid" link-type="outer" alias="firm"><attribute name="name"/></link-entity></entity></fetch>`;
    const all = await app.fetchAll({ collection: "contacts", fetchXml, includeAnnotations: "*" });
    assert.equal(all.value.length, 40);
    assert.ok(all.value.some((row) => row["firm.name"]));
    const page = await app.fetch({ collection: "contacts", fetchXml, includeAnnotations: "*" });
    const second = await app.fetch({ collection: "contacts", fetchXml, includeAnnotations: "*", pageNumber: page.PagingInfo.nextPage, pagingCookie: page.PagingInfo.cookie });
    assert.deepEqual(second.value.map((row) => row.fullname), all.value.slice(15, 30).map((row) => row.fullname));
  },
  async "runs a view"() {
    const [view] = (await app.retrieveMultiple({ collection: "savedqueries", select: ["name"], filter: "name eq 'Quick Find Active Contacts'" })).value;
    const rows = await app.retrieveMultiple({ collection: "contacts", savedQuery: view.savedqueryid });
    assert.equal(rows.value.length, 40);
  },
  async "aggregates"() {
    const found = await app.retrieveMultiple({ collection: "incidents", apply: "groupby((prioritycode),aggregate($count as cases))" });
    assert.equal(found.value.reduce((sum, row) => sum + row.cases, 0), await app.count({ collection: "incidents" }));
  },
  async "tracks changes"() {
    const all = await app.retrieveMultiple({ collection: "accounts", select: ["name"], trackChanges: true });
    const token = new URL(all["@odata.deltaLink"]);
    assert.ok(token.searchParams.get("$deltatoken"));
  },
  async "reads the CSDL document"() {
    const text = await app.retrieveCsdlMetadata({ addAnnotations: true });
    assert.match(text, /<EntityType Name="incident"/);
  },
  async "knows global names of sets"() {
    const named = new DynamicsWebApi({ serverUrl: process.env.DATAVERSE_URL, dataApi: { version: "9.2" }, onTokenRefresh: async () => "token", useEntityNames: true });
    assert.equal((await named.retrieve({ collection: "incident", key: CASE, select: ["title"] })).incidentid, CASE);
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
    const tables = await app.retrieveEntities({ select: ["LogicalName"], filter: "IsActivity eq true" });
    assert.equal(tables.value.length, 4);
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
