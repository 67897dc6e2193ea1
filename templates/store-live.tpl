{{%AUTOESCAPE context="HTML"}}
<div id="live" data-fragment="{{FRAGMENT_URL}}" data-now="{{NOW_MS}}"{{#MOVING}} data-moving="yes"{{/MOVING}}>
<div class="page-head" id="part-head" data-part>
<div>
<h1>{{STORE_TITLE}}</h1>
<p class="host">{{HOST}}</p>
</div>
{{#OPEN}}
<a class="button primary" id="visit" href="{{STORE_URL}}" rel="noopener">Open the shop<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M6 3H3v10h10v-3M9 3h4v4M13 3 7 9"/></svg></a>
{{/OPEN}}
</div>
<div class="columns">
<div class="column-main">
<section class="card" id="part-status" data-part aria-labelledby="status-heading">
<div class="card-head">
<h2 id="status-heading"><span class="visually-hidden">Status: </span><span class="pill big {{STATUS_TONE}}" data-status="{{STATUS_NAME}}">{{STATUS_LABEL}}</span></h2>
{{#RUNNING}}<span class="fine">for <span data-since="{{RUNNING_SINCE}}">{{RUNNING_SPAN}}</span></span>{{/RUNNING}}
{{#TOOK}}<span class="fine">set up in {{TOOK_SPAN}}</span>{{/TOOK}}
</div>
<p class="lead">{{MEANING}}</p>
{{#HAS_REASON}}<p class="reason {{STATUS_TONE}}">{{REASON}}</p>{{/HAS_REASON}}
{{#HAS_ADVICE}}<p>{{ADVICE}}</p>{{/HAS_ADVICE}}
{{#ACTIONS}}{{#MAY_RETRY}}
<form method="post" action="/stores/{{ID}}/retry">
<input type="hidden" name="csrf" value="{{CSRF}}">
<button class="button primary" id="retry" type="submit">Retry</button>
</form>
{{/MAY_RETRY}}{{/ACTIONS}}
{{#STEPS}}
<h3>{{STEPS_TITLE}} <span class="fine">{{STEPS_DONE}} of {{STEPS_COUNT}} steps done</span></h3>
<ol class="steps">
{{#STEP}}
<li class="step {{STEP_STATE}}" data-step="{{STEP_NAME}}"><span class="step-title">{{STEP_TITLE}}</span> <span class="visually-hidden">{{STEP_STATE_TEXT}}</span> <span class="step-span"{{#STEP_TICKS}} data-since="{{STEP_SINCE}}"{{/STEP_TICKS}}>{{STEP_SPAN}}</span></li>
{{/STEP}}
</ol>
{{/STEPS}}
</section>
<section class="card" id="part-timeline" data-part aria-labelledby="timeline-heading">
<h2 id="timeline-heading">Timeline</h2>
{{#NO_EVENTS}}<p class="fine">Nothing has happened yet.</p>{{/NO_EVENTS}}
<ol class="timeline">
{{#EVENT}}
<li class="{{EVENT_LEVEL}}"><time datetime="{{EVENT_AT}}">{{EVENT_AT_TEXT}}</time><span>{{EVENT_MESSAGE}}</span></li>
{{/EVENT}}
</ol>
</section>
</div>
<aside class="column-side" aria-label="About this store">
<section class="card" id="part-access" data-part aria-labelledby="access-heading">
<h2 id="access-heading">Access</h2>
{{#CLOSED}}<p class="fine">{{CLOSED_TEXT}}</p>{{/CLOSED}}
{{#OPEN}}
<dl class="facts">
<div><dt>Shop</dt><dd><a id="shop-link" href="{{STORE_URL}}" rel="noopener">{{STORE_URL}}</a></dd></div>
{{#ADMIN}}<div><dt>Admin</dt><dd><a id="admin-link" href="{{ADMIN_URL}}" rel="noopener">{{ADMIN_URL}}</a></dd></div>{{/ADMIN}}
</dl>
{{/OPEN}}
{{#ACTIONS}}{{#MAY_SEE_CREDENTIALS}}
<form method="post" action="/stores/{{ID}}/credentials">
<input type="hidden" name="csrf" value="{{CSRF}}">
<button class="button" id="show-credentials" type="submit">Show admin credentials</button>
</form>
{{/MAY_SEE_CREDENTIALS}}{{/ACTIONS}}
</section>
<section class="card" id="part-details" data-part aria-labelledby="details-heading">
<h2 id="details-heading">Details</h2>
<dl class="facts">
<div><dt>Store ID</dt><dd><code>{{ID}}</code></dd></div>
<div><dt>Engine</dt><dd>{{ENGINE_TITLE}}</dd></div>
<div><dt>Plan</dt><dd>{{PLAN_TITLE}}</dd></div>
<div><dt>Owner</dt><dd>{{OWNER}}</dd></div>
<div><dt>Admin e-mail</dt><dd>{{ADMIN_EMAIL}}</dd></div>
<div><dt>Created</dt><dd><time datetime="{{CREATED}}">{{CREATED_TEXT}}</time></dd></div>
{{#WAS_OBSERVED}}<div><dt>Last change seen</dt><dd><time datetime="{{OBSERVED}}">{{OBSERVED_TEXT}}</time></dd></div>{{/WAS_OBSERVED}}
</dl>
{{#ACTIONS}}{{#MAY_DELETE}}
<p class="danger-line"><a class="button danger" id="delete" href="/stores/{{ID}}/delete">{{DELETE_TEXT}}</a></p>
{{/MAY_DELETE}}{{/ACTIONS}}
</section>
</aside>
</div>
</div>
