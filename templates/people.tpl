{{%AUTOESCAPE context="HTML"}}
<div class="page-head">
<h1>People</h1>
<a class="button primary" href="/invite"><svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M8 3v10M3 8h10"/></svg>Invite somebody</a>
</div>
{{#DONE}}
<div class="notice good" role="status" id="done">{{DONE_TEXT}}</div>
{{/DONE}}
<table class="stores">
<caption class="visually-hidden">Everybody who has an account, by name</caption>
<thead>
<tr><th scope="col">Name</th><th scope="col">State</th><th scope="col">Role</th><th scope="col">Stores</th><th scope="col">Last sign-in</th></tr>
</thead>
<tbody>
{{#ROW}}
<tr>
<th scope="row"><a class="store-link" href="/people/{{PERSON_ID}}" id="person-{{PERSON_ID}}">{{PERSON_NAME}}</a></th>
<td data-label="State"><span class="pill {{STATE_TONE}}">{{STATE_LABEL}}</span></td>
<td data-label="Role">{{ROLE_TEXT}}</td>
<td data-label="Stores">{{STORES}}<span class="unit">&nbsp;stores</span></td>
<td data-label="Last sign-in">{{#NEVER_SEEN}}<span class="fine">never signed in</span>{{/NEVER_SEEN}}<time datetime="{{SEEN}}">{{SEEN_TEXT}}</time></td>
</tr>
{{/ROW}}
</tbody>
</table>
